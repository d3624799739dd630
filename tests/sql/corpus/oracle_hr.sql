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

-- valid
SELECT last.emp_name FROM (SELECT emp_name, RANK() OVER (ORDER BY hire_date DESC NULLS LAST) r FROM employees) last WHERE last.r = 1

-- valid
SELECT emp_name, salary, salary * 12 annual FROM employees ORDER BY annual DESC NULLS LAST

-- valid
SELECT LPAD(' ', 4*(LEVEL-1)) || emp_name AS "NAME", LEVEL, CONNECT_BY_ROOT emp_name AS boss, CONNECT_BY_ISLEAF, PRIOR emp_name FROM employees START WITH manager_id IS NULL CONNECT BY NOCYCLE PRIOR employee_id = manager_id AND LEVEL <= 4 ORDER SIBLINGS BY emp_name

-- valid
SELECT employee_id FROM employees MINUS SELECT manager_id FROM employees

-- valid
SELECT employee_id FROM employees INTERSECT SELECT manager_id FROM employees ORDER BY 1

-- valid
SELECT LISTAGG(emp_name, '; ' ON OVERFLOW TRUNCATE '...') WITHIN GROUP (ORDER BY hire_date) FROM employees

-- valid
SELECT department_id, LISTAGG(emp_name, ', ') WITHIN GROUP (ORDER BY emp_name) OVER (PARTITION BY department_id) FROM employees

-- valid
SELECT NVL2(salary, 'y', 'n'), COALESCE(salary, 0), NULLIF(salary, 0), GREATEST(salary, 1), LEAST(salary, 1), DECODE(department_id, 10, 'a', 20, 'b'), LNNVL(salary > 1) FROM employees WHERE LNNVL(salary > 5)

-- valid
SELECT SUBSTR(emp_name, 1, 3), INSTR(emp_name, '김'), LENGTH(emp_name), LENGTHB(emp_name), REPLACE(emp_name, 'a'), TRANSLATE(emp_name, 'a', 'b'), INITCAP(emp_name), UPPER(emp_name), LTRIM(emp_name), TRIM(LEADING 'x' FROM emp_name), RPAD(emp_name, 10, '*'), REGEXP_SUBSTR(emp_name, '[^ ]+', 1, 1), REGEXP_REPLACE(emp_name, 'a', 'b'), REGEXP_COUNT(emp_name, 'a'), REGEXP_INSTR(emp_name, 'a'), ASCII('a'), CHR(65), CONCAT(emp_name, 'x'), SOUNDEX(emp_name) FROM employees

-- valid
SELECT TO_CHAR(SYSDATE, 'YYYY-MM-DD HH24:MI:SS'), TO_DATE('2026-01-01', 'YYYY-MM-DD'), TO_NUMBER('1'), TO_TIMESTAMP('x', 'y'), TRUNC(SYSDATE), TRUNC(SYSDATE, 'MM'), ROUND(salary, 2), MOD(5, 3), LAST_DAY(SYSDATE), NEXT_DAY(SYSDATE, 'MONDAY'), ADD_MONTHS(SYSDATE, 1), MONTHS_BETWEEN(SYSDATE, hire_date), EXTRACT(MONTH FROM hire_date), SYSDATE - 7, SYSTIMESTAMP, CURRENT_DATE, NUMTODSINTERVAL(1, 'DAY'), TO_DSINTERVAL('1 00:00:00'), CAST(hire_date AS TIMESTAMP), hire_date + INTERVAL '3' MONTH FROM employees

-- valid
SELECT e.emp_name, m.emp_name FROM employees e, employees m WHERE e.manager_id = m.employee_id (+)

-- valid
SELECT * FROM employees WHERE hire_date > DATE '2020-01-01' AND ROWNUM < 5

-- valid
SELECT * FROM (SELECT a.*, ROWNUM rnum FROM (SELECT * FROM employees ORDER BY salary) a WHERE ROWNUM <= 20) WHERE rnum >= 11

-- valid
SELECT department_id, SUM(salary) FROM employees GROUP BY ROLLUP (department_id)

-- valid
SELECT department_id, manager_id, SUM(salary), GROUPING(department_id), GROUPING_ID(department_id, manager_id) FROM employees GROUP BY GROUPING SETS ((department_id), (manager_id), ())

-- valid
SELECT emp_name FROM employees OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY

-- valid
SELECT emp_name FROM employees ORDER BY salary DESC FETCH FIRST 10 PERCENT ROWS WITH TIES

-- valid
SELECT MAX(salary) KEEP (DENSE_RANK LAST ORDER BY hire_date), MIN(emp_name) KEEP (DENSE_RANK FIRST ORDER BY salary) OVER (PARTITION BY department_id) FROM employees GROUP BY department_id, salary, hire_date

-- valid
SELECT salary, LAG(salary, 1, 0) OVER (ORDER BY hire_date), LEAD(salary) OVER (PARTITION BY department_id ORDER BY hire_date), SUM(salary) OVER (ORDER BY hire_date RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW), NTILE(4) OVER (ORDER BY salary), FIRST_VALUE(salary IGNORE NULLS) OVER (ORDER BY hire_date), LAST_VALUE(salary) IGNORE NULLS OVER (ORDER BY hire_date), PERCENT_RANK() OVER (ORDER BY salary), RATIO_TO_REPORT(salary) OVER () FROM employees

-- valid
SELECT MEDIAN(salary), STDDEV(salary), VARIANCE(salary), CORR(salary, employee_id), COUNT(DISTINCT department_id), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY salary), STATS_MODE(salary) FROM employees

-- valid
SELECT /*+ INDEX(e emp_pk) PARALLEL(4) */ e.emp_name FROM employees e

-- valid
SELECT department_id, XMLAGG(XMLELEMENT(e, emp_name || ',') ORDER BY emp_name).EXTRACT('//text()').getClobVal() FROM employees GROUP BY department_id

-- valid
SELECT JSON_VALUE(profile, '$.name'), JSON_QUERY(profile, '$.a'), JSON_EXISTS(profile, '$.b') FROM employees

-- valid
SELECT e.emp_name FROM employees e WHERE JSON_EXISTS(e.profile, '$.skills[*]?(@ == "java")')

-- valid
SELECT jt.* FROM employees e, JSON_TABLE(e.profile, '$' COLUMNS (a VARCHAR2(10) PATH '$.a', NESTED PATH '$.b[*]' COLUMNS (c NUMBER PATH '$.c'))) AS jt

-- valid
SELECT jt.a, jt.c FROM employees e, JSON_TABLE(e.profile, '$' COLUMNS (a VARCHAR2(10) PATH '$.a', NESTED PATH '$.b[*]' COLUMNS (c NUMBER PATH '$.c'))) jt

-- valid
SELECT column_value FROM TABLE(sys.odcivarchar2list('a', 'b'))

-- valid
SELECT * FROM (SELECT department_id, salary FROM employees) PIVOT (SUM(salary) FOR department_id IN (10 AS d10, 20 AS d20))

-- valid
SELECT * FROM pay_slip UNPIVOT (amount FOR kind IN (gross AS 'G', "Net Pay" AS 'N'))

-- valid
SELECT employee_id, kind, amount FROM pay_slip UNPIVOT INCLUDE NULLS (amount FOR kind IN (gross, "Net Pay"))

-- valid
WITH d AS (SELECT /*+ MATERIALIZE */ department_id, AVG(salary) avg_sal FROM employees GROUP BY department_id) SELECT e.emp_name, d.avg_sal FROM employees e JOIN d ON d.department_id = e.department_id WHERE e.salary > d.avg_sal

-- valid
WITH t(n) AS (SELECT 1 FROM dual UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT n FROM t

-- valid
WITH t(n, p) AS (SELECT employee_id, manager_id FROM employees WHERE manager_id IS NULL UNION ALL SELECT e.employee_id, e.manager_id FROM t JOIN employees e ON e.manager_id = t.n) SEARCH DEPTH FIRST BY n SET ord SELECT n, ord FROM t ORDER BY ord

-- valid
WITH t(n, p) AS (SELECT employee_id, manager_id FROM employees UNION ALL SELECT e.employee_id, e.manager_id FROM t JOIN employees e ON e.manager_id = t.n) CYCLE n SET is_cycle TO 'Y' DEFAULT 'N' SELECT n, is_cycle FROM t

-- valid
SELECT d.department_name FROM departments d WHERE NOT EXISTS (SELECT 1 FROM employees e WHERE e.department_id = d.department_id)

-- valid
SELECT d.department_name, e.cnt FROM departments d, LATERAL (SELECT COUNT(*) cnt FROM employees e WHERE e.department_id = d.department_id) e

-- valid
SELECT d.department_name, e.cnt FROM departments d OUTER APPLY (SELECT COUNT(*) cnt FROM employees e WHERE e.department_id = d.department_id) e

-- valid
SELECT emp_name FROM employees NATURAL JOIN attendance

-- valid
SELECT department_id, department_name, emp_name FROM employees JOIN departments USING (department_id)

-- valid
SELECT "부서" FROM (SELECT department_name AS "부서" FROM departments)

-- valid
SELECT 부서 FROM (SELECT department_name 부서 FROM departments)

-- valid
SELECT e.employee_id "ID", e.emp_name "Name" FROM employees e ORDER BY "Name"

-- valid
SELECT COUNT(*) FROM employees WHERE TO_CHAR(hire_date, 'YYYY') = '2026' GROUP BY department_id HAVING COUNT(*) > 5 ORDER BY COUNT(*) DESC

-- valid
SELECT TO_CHAR(work_date, 'IW') week_no, SUM(hours) total_hours FROM attendance GROUP BY TO_CHAR(work_date, 'IW') ORDER BY total_hours DESC

-- valid
SELECT WIDTH_BUCKET(salary, 0, 10000, 10) b, COUNT(*) FROM employees GROUP BY WIDTH_BUCKET(salary, 0, 10000, 10)

-- valid
SELECT CASE WHEN salary > 5000 THEN 'high' WHEN salary > 3000 THEN 'mid' ELSE 'low' END grade, COUNT(*) FROM employees GROUP BY CASE WHEN salary > 5000 THEN 'high' WHEN salary > 3000 THEN 'mid' ELSE 'low' END

-- valid
SELECT emp_name FROM employees WHERE salary BETWEEN 1 AND 2 AND emp_name LIKE '김%' ESCAPE '\' AND department_id IN (10, 20) AND manager_id IS NOT NULL AND salary ^= 5

-- valid
SELECT q'[it's]', N'x', 'it''s' FROM dual

-- valid
SELECT 1 FROM dual CONNECT BY LEVEL <= 10

-- valid
SELECT TRUNC(SYSDATE) - LEVEL + 1 AS d FROM dual CONNECT BY LEVEL <= 7

-- valid
SELECT e.emp_name FROM hr.employees e JOIN hr.departments d ON e.department_id = d.department_id

-- valid
SELECT emp_name FROM employees SAMPLE (10)

-- valid
SELECT emp_name FROM employees AS OF TIMESTAMP (SYSTIMESTAMP - INTERVAL '1' HOUR)

-- valid
SELECT emp_name FROM employees PARTITION (p2026)

-- valid
SELECT emp_name, SUM(SUM(salary)) OVER () FROM employees GROUP BY emp_name

-- valid
SELECT emp_name FROM employees WHERE (employee_id, department_id) NOT IN (SELECT employee_id, 10 FROM attendance)

-- valid
SELECT * FROM employees WHERE employee_id = :id AND hire_date >= :start_date

-- valid
SELECT * FROM employees WHERE department_id = ANY (10, 20) OR salary > SOME (SELECT gross FROM pay_slip)

-- valid
SELECT e.* , d.* FROM employees e CROSS JOIN departments d

-- valid
SELECT emp_name FROM employees e WHERE 1 = (SELECT COUNT(DISTINCT salary) FROM employees x WHERE x.salary >= e.salary)

-- valid
SELECT BITAND(5, 3), POWER(2, 3), SQRT(4), CEIL(1.2), FLOOR(1.2), SIGN(-1), ABS(-1), EXP(1), LN(2), LOG(10, 2), REMAINDER(5, 3), NANVL(1, 2) FROM dual

-- valid
SELECT dbms_random.value(1, 10), dbms_random.value FROM dual ORDER BY dbms_random.value

-- valid
SELECT * FROM employees MATCH_RECOGNIZE (PARTITION BY department_id ORDER BY hire_date MEASURES FIRST(a.salary) AS s ALL ROWS PER MATCH PATTERN (a b+) DEFINE b AS b.salary > PREV(b.salary)) mr

-- valid
SELECT department_id d, emp_name FROM employees ORDER BY d, 2

-- valid
SELECT TO_CHAR(1234.5, 'FM999,999.00', 'NLS_NUMERIC_CHARACTERS='',.''') FROM dual

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
