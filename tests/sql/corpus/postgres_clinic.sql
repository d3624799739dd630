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

-- valid
SELECT v.status, count(*) FILTER (WHERE v.reason IS NOT NULL) AS with_reason, array_agg(DISTINCT v.doctor_id ORDER BY v.doctor_id) FROM clinic.visit v GROUP BY v.status ORDER BY count(*) DESC FETCH FIRST 3 ROWS ONLY

-- valid
SELECT DISTINCT p.full_name COLLATE "C" AS n FROM clinic.patient p ORDER BY n

-- valid
SELECT to_char(visited_at, 'YYYY-MM') AS ym, count(*) FROM clinic.visit GROUP BY to_char(visited_at, 'YYYY-MM') ORDER BY 1

-- valid
SELECT date_part('year', visited_at), extract(dow FROM visited_at), visited_at::date - 7, now() - interval '1 month', age(visited_at), make_date(2026,1,1), date_bin('15 minutes', visited_at, timestamp '2001-01-01') FROM clinic.visit

-- valid
SELECT (SELECT count(*) FROM clinic.visit v WHERE v.patient_id = p.patient_id) n FROM clinic.patient p ORDER BY n DESC LIMIT 5 OFFSET 2

-- valid
SELECT * FROM clinic.patient WHERE (birth_date, patient_id) > ('2000-01-01', 5)

-- valid
SELECT * FROM clinic.patient p WHERE p.tags && ARRAY['a','b'] OR p.tags @> '{x}' OR cardinality(p.tags) > 2 OR array_length(tags, 1) = 1 OR p.tags[1] = 'x'

-- valid
SELECT p.profile->'a'->>'b', p.profile#>'{a,b}', p.profile ? 'x', p.profile ?| array['a'], jsonb_path_query_first(p.profile, '$.a'), jsonb_array_length(p.profile->'list') FROM clinic.patient p

-- valid
SELECT key, value FROM clinic.patient, jsonb_each(profile) WHERE key <> 'x'

-- valid
SELECT elem->>'id' FROM clinic.patient p CROSS JOIN LATERAL jsonb_array_elements(p.profile->'items') AS elem

-- valid
SELECT value FROM clinic.patient p, jsonb_array_elements_text(p.profile->'items')

-- valid
SELECT k FROM clinic.patient p, jsonb_object_keys(p.profile) k

-- valid
SELECT r.a, r.b FROM clinic.patient p, jsonb_to_record(p.profile) AS r(a int, b text)

-- valid
SELECT regexp_replace(full_name, '\s+', ' ', 'g'), split_part(full_name, ' ', 1), substring(full_name from 1 for 3), position('a' in full_name), overlay(full_name placing 'x' from 1), trim(both ' ' from full_name), left(full_name, 2), full_name ~* 'kim', full_name !~ 'x', full_name ILIKE '%a%', full_name SIMILAR TO '(a|b)%', initcap(full_name), md5(full_name), format('%s-%s', full_name, 1), concat_ws(',', full_name, birth_date), string_to_array(full_name, ' '), lpad(full_name, 5), translate(full_name, 'a', 'b'), starts_with(full_name, 'a'), reverse(full_name), char_length(full_name) FROM clinic.patient

-- valid
SELECT coalesce(reason, 'none'), nullif(reason, ''), greatest(1, visit_id), least(1, visit_id), CASE status WHEN 'open' THEN 1 ELSE 0 END FROM clinic.visit

-- valid
SELECT row_number() OVER (PARTITION BY patient_id ORDER BY visited_at), lag(visited_at, 1) OVER w, first_value(visit_id) OVER w, sum(visit_id) OVER (ORDER BY visited_at ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), count(*) OVER (), ntile(4) OVER w, percent_rank() OVER w FROM clinic.visit WINDOW w AS (PARTITION BY doctor_id ORDER BY visited_at DESC)

-- valid
SELECT status, visit_id, rank() OVER (w2) FROM clinic.visit WINDOW w1 AS (PARTITION BY status), w2 AS (w1 ORDER BY visit_id)

-- valid
SELECT mode() WITHIN GROUP (ORDER BY status), percentile_disc(0.9) WITHIN GROUP (ORDER BY visit_id), stddev(visit_id), corr(visit_id, doctor_id), bool_and(visit_id > 1), string_agg(status, ',' ORDER BY status), json_agg(status), jsonb_object_agg(visit_id, status) FROM clinic.visit

-- valid
WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a UNION ALL SELECT 2) SELECT x FROM b EXCEPT SELECT x FROM a

-- valid
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t

-- valid
WITH RECURSIVE d(id, path) AS (SELECT doctor_id, ARRAY[doctor_id] FROM clinic.doctor WHERE manager_id IS NULL UNION ALL SELECT c.doctor_id, d.path || c.doctor_id FROM clinic.doctor c, d WHERE c.manager_id = d.id) SELECT id, array_to_string(path, '>') FROM d

-- valid
WITH RECURSIVE d(id) AS (SELECT doctor_id FROM clinic.doctor UNION ALL SELECT c.doctor_id FROM clinic.doctor c, d WHERE c.manager_id = d.id) SEARCH DEPTH FIRST BY id SET ord CYCLE id SET looped USING path SELECT id, ord, looped, path FROM d ORDER BY ord

-- valid
SELECT * FROM (SELECT doctor_id FROM clinic.doctor) AS d(id) WHERE d.id > 3

-- valid
SELECT d.id FROM clinic.doctor AS d(id, name)

-- valid
SELECT specialty, name FROM clinic.doctor AS d(id, name)

-- valid
SELECT count(DISTINCT (patient_id, doctor_id)) FROM clinic.visit

-- valid
SELECT ROW(1, 2), (1, 2) = (3, 4), ARRAY[1,2] || 3, ARRAY(SELECT visit_id FROM clinic.visit), array_position(ARRAY[1], 1)

-- valid
SELECT v.* FROM clinic.visit AS v TABLESAMPLE BERNOULLI (10)

-- valid
SELECT visit_id FROM ONLY clinic.visit

-- valid
SELECT visit_id, doctor_id FROM clinic.visit WHERE doctor_id = ANY(ARRAY[1,2,3]) AND visit_id <> ALL (SELECT 1) AND patient_id IN (VALUES (1), (2))

-- valid
SELECT patient_id, doctor_id, count(*), grouping(patient_id) FROM clinic.visit GROUP BY GROUPING SETS ((patient_id), (doctor_id), ())

-- valid
SELECT patient_id, count(*) FROM clinic.visit GROUP BY CUBE (patient_id, doctor_id)

-- valid
SELECT EXISTS (SELECT 1 FROM clinic.visit), NOT EXISTS (SELECT FROM clinic.visit)

-- valid
SELECT p.full_name FROM clinic.patient p LEFT JOIN clinic.visit v ON v.patient_id = p.patient_id AND v.status = 'open' LEFT JOIN billing.invoice i ON i.visit_id = v.visit_id WHERE i.invoice_id IS NULL

-- valid
SELECT p.full_name FROM clinic.patient p FULL OUTER JOIN clinic.visit v ON TRUE CROSS JOIN clinic.doctor

-- valid
SELECT i.visit_id, sum(p.amount) AS paid, max(i.amount) - coalesce(sum(p.amount), 0) AS due FROM billing.invoice i LEFT JOIN billing.payment p USING (invoice_id) GROUP BY i.visit_id HAVING max(i.amount) > coalesce(sum(p.amount), 0) ORDER BY due DESC NULLS LAST

-- valid
SELECT to_tsvector('simple', full_name) @@ plainto_tsquery('kim') FROM clinic.patient

-- valid
SELECT visited_at AT TIME ZONE 'Asia/Seoul', timezone('UTC', visited_at) FROM clinic.visit

-- valid
SELECT (v).status FROM clinic.visit v

-- valid
SELECT (v.*).status FROM clinic.visit v

-- valid
SELECT "v"."status" AS "상태" FROM "clinic"."visit" "v"

-- valid
SELECT x.* FROM (VALUES (1, 'a'), (2, 'b')) x

-- valid
SELECT max(x) FROM (SELECT count(*) FROM clinic.visit GROUP BY patient_id) AS t(x)

-- valid
SELECT sum(n) FROM (SELECT patient_id, count(*) AS n FROM clinic.visit GROUP BY 1) q

-- valid
SELECT coalesce FROM (SELECT coalesce(reason, 'x') FROM clinic.visit) t

-- valid
SELECT max FROM (SELECT max(visit_id) FROM clinic.visit) t

-- valid
SELECT date_trunc FROM (SELECT date_trunc('day', visited_at) FROM clinic.visit) t

-- valid
SELECT text FROM (SELECT 'x'::text) t

-- valid
SELECT row_number FROM (SELECT row_number() OVER () FROM clinic.visit) t

-- valid
SELECT extract FROM (SELECT extract(year FROM visited_at) FROM clinic.visit) t

-- valid
SELECT "?column?" FROM (SELECT 1 + 1) t

-- valid
SELECT string_agg FROM (SELECT string_agg(status, ',') FROM clinic.visit) t

-- valid
SELECT now, current_date FROM (SELECT now(), current_date) t

-- valid
SELECT array_agg FROM (SELECT array_agg(visit_id) FROM clinic.visit) t

-- valid
SELECT substring FROM (SELECT substring(status from 1 for 2) FROM clinic.visit) t

-- valid
SELECT nullif, exists FROM (SELECT nullif(1,2), exists(select 1)) t

-- valid
SELECT avg, count FROM (SELECT avg(visit_id), count(*) FILTER (WHERE true) FROM clinic.visit) t

-- valid
SELECT visit_id FROM clinic.visit v WHERE v.visited_at::date BETWEEN CURRENT_DATE - INTERVAL '7 days' AND CURRENT_DATE

-- valid
SELECT visit_id FROM clinic.visit WHERE visited_at >= date_trunc('month', CURRENT_DATE) - INTERVAL '1 month'

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
