-- valid
SELECT patient_id, full_name FROM clinic.patient WHERE birth_date < DATE '1980-01-01'

-- valid
SELECT Patient_ID, FULL_NAME FROM CLINIC.Patient

-- valid
SELECT p.full_name AS "환자 이름", count(*) FROM clinic.patient p JOIN clinic.visit v USING (patient_id) GROUP BY p.full_name

-- valid
SELECT patient_id FROM clinic.patient JOIN clinic.visit USING (patient_id) JOIN clinic.doctor USING (doctor_id)

-- valid
SELECT date_trunc('month', v.visited_at) AS month, count(*) AS n FROM clinic.visit v GROUP BY month ORDER BY month DESC NULLS LAST

-- valid
SELECT DISTINCT ON (v.patient_id) v.patient_id, v.visited_at FROM clinic.visit v ORDER BY v.patient_id, v.visited_at DESC

-- valid
SELECT "resultId", "testName", value FROM clinic."LabResult" WHERE value > 3.5

-- valid
SELECT r."testName", avg(r.value) FILTER (WHERE r.value > 0) FROM clinic."LabResult" r GROUP BY 1 HAVING count(*) > 2

-- valid
WITH totals AS MATERIALIZED (SELECT visit_id, sum(amount) AS total FROM billing.invoice GROUP BY visit_id) SELECT v.visit_id, t.total FROM clinic.visit v LEFT JOIN totals t ON t.visit_id = v.visit_id

-- valid
WITH RECURSIVE chain(id, boss, depth) AS (SELECT doctor_id, manager_id, 1 FROM clinic.doctor UNION ALL SELECT d.doctor_id, d.manager_id, depth + 1 FROM clinic.doctor d JOIN chain ON chain.boss = d.doctor_id) SELECT id, max(depth) FROM chain GROUP BY id

-- valid
SELECT p.full_name, last.visited_at FROM clinic.patient p CROSS JOIN LATERAL (SELECT v.visited_at FROM clinic.visit v WHERE v.patient_id = p.patient_id ORDER BY v.visited_at DESC LIMIT 1) AS last

-- valid
SELECT p.profile->>'city' AS city, p.profile #>> '{address,zip}' FROM clinic.patient p WHERE p.profile @> '{"vip": true}' AND 'a' = ANY (p.tags)

-- valid
SELECT t.tag, count(*) FROM clinic.patient p, unnest(p.tags) AS t(tag) GROUP BY t.tag

-- valid
SELECT tag FROM clinic.patient, unnest(tags) AS tag

-- valid
SELECT g.day::date, coalesce(sum(i.amount), 0) FROM generate_series('2026-01-01'::date, '2026-01-31', interval '1 day') AS g(day) LEFT JOIN billing.invoice i ON i.issued_on = g.day GROUP BY g.day ORDER BY g.day

-- valid
SELECT n FROM generate_series(1, 5) AS n

-- valid
SELECT generate_series FROM generate_series(1, 5)

-- valid
SELECT e.key, e.value FROM clinic.patient p, jsonb_each_text(p.profile) e

-- valid
SELECT v.status, count(*) AS total, rank() OVER (ORDER BY count(*) DESC) FROM clinic.visit v GROUP BY v.status

-- valid
SELECT visit_id, sum(amount) OVER w, row_number() OVER w FROM billing.invoice WINDOW w AS (PARTITION BY paid ORDER BY issued_on)

-- valid
SELECT extract(year FROM age(birth_date)) AS years, full_name || ' 님' FROM clinic.patient ORDER BY years

-- valid
SELECT full_name FROM clinic.patient UNION SELECT full_name FROM clinic.doctor ORDER BY full_name

-- valid
SELECT p FROM clinic.patient p

-- valid
SELECT count(v.*), row_to_json(v) FROM clinic.visit v GROUP BY v.visit_id

-- valid
SELECT ctid, xmin FROM clinic.patient

-- valid
SELECT count FROM (SELECT count(*) FROM clinic.visit) AS c

-- valid
SELECT x.visited_at, x."case" FROM (SELECT visited_at::date, CASE WHEN status = 'done' THEN 1 END FROM clinic.visit) AS x

-- valid
SELECT clinic.visit.visit_id, billing.invoice.amount FROM clinic.visit JOIN billing.invoice ON billing.invoice.visit_id = clinic.visit.visit_id

-- valid
SELECT i.amount, p.amount FROM billing.invoice i JOIN billing.payment p ON p.invoice_id = i.invoice_id WHERE NOT i.paid AND i.issued_on + 30 < CURRENT_DATE

-- valid
SELECT d.full_name, m.full_name AS manager FROM clinic.doctor d LEFT JOIN clinic.doctor m ON m.doctor_id = d.manager_id

-- valid
SELECT v.visit_id FROM clinic.visit v WHERE (v.patient_id, v.visited_at) IN (SELECT patient_id, max(visited_at) FROM clinic.visit GROUP BY patient_id)

-- valid
SELECT a, b FROM (VALUES (1, 'x'), (2, 'y')) AS t(a, b) WHERE a > 1

-- valid
SELECT column1 FROM (VALUES (1), (2)) AS t

-- valid
SELECT method, sum(amount) FROM billing.payment GROUP BY ROLLUP (method)

-- valid
SELECT full_name FROM clinic.patient NATURAL JOIN clinic.visit WHERE patient_id > 5 AND reason ILIKE '%두통%'

-- valid
SELECT string_agg(DISTINCT d.specialty, ', ' ORDER BY d.specialty) FROM clinic.doctor d

-- valid
SELECT x.a, x.b FROM jsonb_to_recordset('[]') AS x(a int, b text)

-- valid
SELECT (SELECT max(i.amount) FROM billing.invoice i WHERE i.visit_id = v.visit_id) AS top FROM clinic.visit v ORDER BY top

-- valid
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM billing.invoice

-- valid
SELECT u.o, u.x FROM unnest(ARRAY[3, 4]) WITH ORDINALITY AS u(x, o)

-- unknown column: column2
SELECT column1, column2 FROM (VALUES (1), (2)) AS t

-- unknown column: name
SELECT name FROM clinic.patient

-- unknown column: dob
SELECT p.dob FROM clinic.patient p

-- unknown table: clinic.appointment
SELECT * FROM clinic.appointment

-- unknown table: public.invoice
SELECT invoice_id FROM public.invoice

-- unknown table: clinic.invoice
SELECT invoice_id FROM clinic.invoice

-- unknown column: resultid
SELECT resultid FROM clinic."LabResult"

-- unknown column: FULL_NAME
SELECT "FULL_NAME" FROM clinic.patient

-- unknown table: clinic.Patient
SELECT 1 FROM clinic."Patient"

-- unknown column: n
SELECT status, count(*) AS n FROM clinic.visit GROUP BY status HAVING n > 3

-- unknown column: total
SELECT sum(amount) AS total FROM billing.invoice WHERE total > 3

-- unknown column: years
SELECT extract(year FROM age(birth_date)) AS years FROM clinic.patient ORDER BY years + 1

-- unknown column: 완료
SELECT visit_id FROM clinic.visit WHERE status = "완료"

-- unknown column: visit_date
SELECT date_trunc('day', visit_date) FROM clinic.visit

-- unknown column: paid_at
SELECT i.invoice_id FROM billing.invoice i WHERE i.paid_at IS NULL

-- unknown column: department
SELECT department, count(*) FROM clinic.doctor GROUP BY department

-- unknown column: visit_id
SELECT specialty FROM clinic.doctor JOIN clinic.patient USING (visit_id)

-- unknown table: v
SELECT v.visit_id FROM clinic.visit

-- unknown table: clinic.visit
SELECT clinic.visit.visit_id FROM clinic.visit v

-- unknown column: total
WITH t AS (SELECT visit_id, sum(amount) FROM billing.invoice GROUP BY visit_id) SELECT total FROM t

-- unknown column: reason
WITH t AS (SELECT visit_id FROM clinic.visit) SELECT t.visit_id FROM t WHERE reason IS NULL

-- unknown table: chain
WITH chain AS (SELECT doctor_id FROM clinic.doctor UNION ALL SELECT c.doctor_id FROM chain c) SELECT doctor_id FROM chain

-- unknown table: p
SELECT q.visited_at FROM clinic.patient p, (SELECT v.visited_at FROM clinic.visit v WHERE v.patient_id = p.patient_id) q

-- unknown column: labels
SELECT l FROM clinic.patient p, unnest(p.labels) AS l

-- unknown column: val
SELECT e.val FROM clinic.patient p, jsonb_each(p.profile) e

-- unknown column: rowid
SELECT rowid FROM clinic.patient

-- unknown column: balance
SELECT visit_id, sum(balance) OVER (PARTITION BY visit_id) FROM billing.invoice

-- unknown column: hospital
SELECT full_name FROM clinic.patient p WHERE EXISTS (SELECT 1 FROM clinic.visit v WHERE v.patient_id = p.patient_id AND hospital = 'x')

-- unknown column: doctor_name
SELECT full_name FROM clinic.patient UNION SELECT doctor_name FROM clinic.doctor

-- ambiguous: amount
SELECT amount FROM billing.invoice i JOIN billing.payment p ON p.invoice_id = i.invoice_id

-- ambiguous: full_name
SELECT full_name FROM clinic.patient JOIN clinic.visit USING (patient_id) JOIN clinic.doctor USING (doctor_id)

-- ambiguous: patient_id
SELECT patient_id FROM clinic.patient p JOIN clinic.visit v ON v.patient_id = p.patient_id

-- syntax
SELECT `full_name` FROM clinic.patient

-- syntax
SELECT full_name FROM clinic.patient LIMIT 5, 10

-- syntax
SELECT TOP 3 full_name FROM clinic.patient

-- syntax
SELECT full_name FROM clinic.patient p JOIN clinic.visit v

-- syntax
SELECT full_name FROM clinic.patient WHERE full_name REGEXP '김'

-- syntax
SELECT visit_id, sum(amount) OVER nope FROM billing.invoice
