-- valid
SELECT employee_id, emp_name FROM employees WHERE salary > 3000 ORDER BY hire_date DESC

-- valid
SELECT EMP_NAME, "EMP_NAME", Emp_Name FROM Employees

-- valid
SELECT e.emp_name AS 이름, d.department_name AS "부서" FROM employees e JOIN departments d ON d.department_id = e.department_id ORDER BY 이름

-- valid
SELECT emp_name FROM employees WHERE ROWNUM <= 10

-- valid
SELECT * FROM (SELECT e.*, ROW_NUMBER() OVER (PARTITION BY department_id ORDER BY salary DESC) AS rn FROM employees e) WHERE rn <= 3

-- valid
SELECT LEVEL, LPAD(' ', LEVEL * 2) || emp_name AS tree, SYS_CONNECT_BY_PATH(emp_name, '/') FROM employees START WITH manager_id IS NULL CONNECT BY PRIOR employee_id = manager_id ORDER SIBLINGS BY emp_name

-- valid
SELECT e.emp_name, d.department_name FROM employees e, departments d WHERE e.department_id = d.department_id(+)

-- valid
SELECT SYSDATE, USER FROM dual

-- valid
SELECT LEVEL AS n FROM dual CONNECT BY LEVEL <= 12

-- valid
SELECT TO_CHAR(hire_date, 'YYYY-MM') AS ym, COUNT(*) FROM employees GROUP BY TO_CHAR(hire_date, 'YYYY-MM') ORDER BY ym

-- valid
SELECT department_id, LISTAGG(emp_name, ', ') WITHIN GROUP (ORDER BY emp_name) FROM employees GROUP BY department_id

-- valid
SELECT NVL(salary, 0), DECODE(kind, 'W', '근무', 'V', '휴가', '기타') FROM employees e LEFT JOIN attendance a ON a.employee_id = e.employee_id

-- valid
SELECT emp_name FROM employees WHERE hire_date >= ADD_MONTHS(TRUNC(SYSDATE, 'MM'), -12) FETCH FIRST 5 ROWS ONLY

-- valid
SELECT "Net Pay", gross FROM pay_slip WHERE pay_month = '202601'

-- valid
WITH dept_cost AS (SELECT department_id, SUM(salary) AS cost FROM employees GROUP BY department_id) SELECT d.department_name, c.cost FROM dept_cost c JOIN departments d USING (department_id) WHERE c.cost > (SELECT AVG(cost) FROM dept_cost)

-- valid
WITH chain (id, boss, depth) AS (SELECT employee_id, manager_id, 1 FROM employees WHERE manager_id IS NULL UNION ALL SELECT e.employee_id, e.manager_id, c.depth + 1 FROM employees e JOIN chain c ON e.manager_id = c.id) SELECT id, depth FROM chain

-- valid
SELECT rowid, ORA_ROWSCN, e.ROWID FROM employees e

-- valid
SELECT department_id, MAX(emp_name) KEEP (DENSE_RANK FIRST ORDER BY salary DESC) AS best FROM employees GROUP BY department_id

-- valid
SELECT e.profile.address.city FROM employees e

-- valid
SELECT JSON_VALUE(e.profile, '$.grade' RETURNING NUMBER) AS grade FROM employees e ORDER BY grade + 1

-- valid
SELECT j.skill FROM employees e, JSON_TABLE(e.profile, '$.skills[*]' COLUMNS (skill VARCHAR2(20) PATH '$')) j

-- valid
SELECT * FROM (SELECT department_id, kind, hours FROM employees JOIN attendance USING (employee_id)) PIVOT (SUM(hours) FOR kind IN ('W' AS work, 'V' AS vacation))

-- valid
SELECT MONTHS_BETWEEN(SYSDATE, hire_date) / 12 AS years FROM employees ORDER BY years

-- valid
SELECT emp_name FROM employees WHERE (department_id, salary) IN (SELECT department_id, MAX(salary) FROM employees GROUP BY department_id)

-- valid
SELECT department_id FROM departments MINUS SELECT department_id FROM employees

-- valid
SELECT hr.employees.emp_name FROM hr.employees

-- valid
SELECT EXTRACT(YEAR FROM work_date) AS y, SUM(hours) FROM attendance WHERE work_date BETWEEN DATE '2026-01-01' AND DATE '2026-12-31' GROUP BY EXTRACT(YEAR FROM work_date)

-- valid
SELECT d.department_name, x.top_salary FROM departments d CROSS APPLY (SELECT MAX(e.salary) AS top_salary FROM employees e WHERE e.department_id = d.department_id) x

-- valid
SELECT emp_name FROM employees WHERE REGEXP_LIKE(emp_name, '^김') AND hire_date + INTERVAL '1' YEAR > SYSTIMESTAMP

-- valid
SELECT kind, GROUPING(kind), SUM(hours) FROM attendance GROUP BY CUBE (kind)

-- valid
SELECT e.emp_name, RATIO_TO_REPORT(e.salary) OVER (PARTITION BY e.department_id) FROM employees e WHERE e.salary > ALL (SELECT gross FROM pay_slip p WHERE p.employee_id = e.employee_id)

-- unknown column: name
SELECT name FROM employees

-- unknown column: emp_name
SELECT "emp_name" FROM employees

-- unknown column: first_name
SELECT e.first_name || e.emp_name FROM employees e

-- unknown table: emp
SELECT * FROM emp

-- unknown table: dept
SELECT e.emp_name FROM employees e JOIN dept d ON d.department_id = e.department_id

-- unknown column: dept_id
SELECT dept_id, COUNT(*) FROM employees GROUP BY dept_id

-- unknown column: ym
SELECT TO_CHAR(hire_date, 'YYYY-MM') AS ym, COUNT(*) FROM employees GROUP BY ym

-- unknown column: total
SELECT department_id, SUM(salary) AS total FROM employees GROUP BY department_id HAVING total > 100

-- unknown column: LEVEL
SELECT LEVEL, emp_name FROM employees

-- unknown column: net_pay
SELECT net_pay FROM pay_slip

-- unknown column: parent_id
SELECT emp_name FROM employees START WITH manager_id IS NULL CONNECT BY PRIOR employee_id = parent_id

-- unknown column: start_date
SELECT MONTHS_BETWEEN(SYSDATE, start_date) FROM employees

-- unknown column: paid_on
SELECT gross FROM pay_slip ORDER BY paid_on

-- unknown column: overtime
SELECT e.emp_name, (SELECT SUM(a.overtime) FROM attendance a WHERE a.employee_id = e.employee_id) FROM employees e

-- unknown column: salary
WITH t AS (SELECT department_id, COUNT(*) AS n FROM employees GROUP BY department_id) SELECT salary FROM t

-- unknown table: dual2
SELECT SYSDATE FROM dual2

-- unknown table: d
SELECT d.department_name FROM departments

-- unknown column: grade
SELECT j.grade FROM employees e, JSON_TABLE(e.profile, '$' COLUMNS (skill VARCHAR2(20) PATH '$.skill')) j

-- unknown column: resume
SELECT e.resume.address.city FROM employees e

-- unknown column: rn
SELECT ROW_NUMBER() OVER (ORDER BY salary) AS rn FROM employees WHERE rn < 5

-- unknown column: grade_id
SELECT emp_name FROM employees JOIN departments USING (grade_id)

-- unknown column: 급여
SELECT 급여 FROM employees

-- ambiguous: department_id
SELECT department_id FROM employees e JOIN departments d ON d.department_id = e.department_id

-- ambiguous: employee_id
SELECT employee_id FROM employees e, attendance a WHERE a.employee_id = e.employee_id

-- syntax
SELECT emp_name FROM employees LIMIT 5

-- syntax
SELECT e.emp_name FROM employees AS e

-- syntax
SELECT TOP 5 emp_name FROM employees

-- syntax
SELECT emp_name FROM employees WHERE emp_name ILIKE 'k%'

-- syntax
SELECT salary::int FROM employees
