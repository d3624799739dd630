-- valid
SELECT title, published FROM book WHERE published > 1990 ORDER BY published DESC LIMIT 10 OFFSET 5

-- valid
SELECT rowid, oid, _rowid_, title FROM book

-- valid
SELECT b.rowid FROM book b

-- valid
SELECT "card no", [name], `joined_on` FROM member

-- valid
SELECT l."order" FROM loan AS l

-- valid
SELECT name FROM member WHERE name = "Kim"

-- valid
SELECT name FROM member WHERE "card no" LIKE "A%"

-- valid
SELECT a.name, COUNT(*) AS n FROM author a JOIN book b USING (author_id) GROUP BY a.author_id HAVING n > 2

-- valid
SELECT published AS year, COUNT(*) AS n FROM book WHERE year > 2000 GROUP BY year

-- valid
SELECT strftime('%Y', lent_on) AS y, COUNT(*) FROM loan GROUP BY y ORDER BY y + 1

-- valid
SELECT title FROM book NATURAL JOIN loan

-- valid
SELECT book_id FROM book NATURAL JOIN loan

-- valid
SELECT member_name, title FROM open_loan

-- valid
SELECT o.* FROM open_loan o WHERE o.member_name LIKE 'K%'

-- valid
WITH busy AS (SELECT member_id, COUNT(*) AS n FROM loan GROUP BY member_id) SELECT m.name, busy.n FROM busy JOIN member m ON m.member_id = busy.member_id

-- valid
WITH RECURSIVE cnt(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM cnt WHERE x < 10) SELECT x FROM cnt

-- valid
WITH cnt(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM cnt WHERE x < 3) SELECT x FROM cnt

-- valid
SELECT title FROM book WHERE author_id IN (SELECT author_id FROM author WHERE country = '中国')

-- valid
SELECT json_extract(meta, '$.pages') AS pages, meta ->> '$.lang' FROM book

-- valid
SELECT b.title, j.value FROM book b, json_each(b.meta, '$.tags') AS j WHERE j.type = 'text'

-- valid
SELECT TITLE, Book_Id FROM BOOK

-- valid
SELECT title, ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY published) AS rn FROM book

-- valid
SELECT m.name FROM member m LEFT JOIN loan l ON l.member_id = m.member_id WHERE l.loan_id IS NULL

-- valid
SELECT name FROM author UNION SELECT name FROM member ORDER BY name

-- valid
SELECT b.title FROM book b WHERE EXISTS (SELECT 1 FROM loan l WHERE l.book_id = b.book_id AND l.returned_on IS NULL)

-- valid
SELECT main.book.title FROM main.book

-- valid
SELECT MAX(lent_on), title FROM loan JOIN book ON book.book_id = loan.book_id

-- valid
SELECT julianday('now') - julianday(lent_on) AS days FROM loan WHERE days > 30

-- valid
SELECT COUNT(*) FILTER (WHERE returned_on IS NULL) FROM loan

-- valid
SELECT title FROM book WHERE book_id == 3 AND published IS 1999

-- valid
SELECT iif(returned_on IS NULL, 'open', 'closed') AS state, COUNT(*) FROM loan GROUP BY state

-- valid
SELECT x.c FROM (SELECT COUNT(*) c FROM loan) x, (VALUES (1))

-- valid
SELECT date('now', '-7 days'), datetime(lent_on, 'localtime'), time('now'), unixepoch('now'), strftime('%Y-%W', lent_on), julianday('now') FROM loan

-- valid
SELECT title || ' (' || published || ')', substr(title, 1, 3), instr(title, 'a'), replace(title, 'a', 'b'), upper(title), length(title), trim(title), ltrim(title, 'x'), printf('%d', 5), format('%s', title), hex(title), quote(title), unicode(title), char(65), round(1.5), abs(-1), max(1, 2), min(1, 2), coalesce(meta, ''), ifnull(meta, ''), nullif(1, 1), typeof(title), random(), likelihood(1, 0.5), sign(1), total(published), group_concat(title, ', '), iif(1, 2, 3), glob('a*', title) FROM book

-- valid
SELECT title FROM book WHERE title GLOB 'A*' AND title LIKE 'a%' ESCAPE '\' AND published BETWEEN 1 AND 2 AND author_id NOT IN (1, 2) AND meta NOTNULL AND published ISNULL

-- valid
SELECT title FROM book WHERE (author_id, published) IN (SELECT author_id, MAX(published) FROM book GROUP BY author_id)

-- valid
SELECT CAST(published AS TEXT), published % 10, published / 10 * 1.0, published & 1, ~published, published << 1, -published, +published, NOT published FROM book

-- valid
SELECT COUNT(*), COUNT(DISTINCT author_id), SUM(published), AVG(published) FROM book

-- valid
SELECT b.title FROM book b FULL OUTER JOIN loan l USING (book_id)

-- valid
SELECT CASE published WHEN 2000 THEN 'a' ELSE 'b' END c FROM book ORDER BY c COLLATE NOCASE DESC NULLS LAST LIMIT 5, 10

-- valid
SELECT title, SUM(published) OVER (PARTITION BY author_id ORDER BY book_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), LAG(title) OVER w, NTH_VALUE(title, 2) OVER w, PERCENT_RANK() OVER w FROM book WINDOW w AS (ORDER BY book_id)

-- valid
WITH RECURSIVE d(x) AS (SELECT date('now') UNION ALL SELECT date(x, '-1 day') FROM d LIMIT 7) SELECT x FROM d

-- valid
WITH a(n) AS NOT MATERIALIZED (SELECT 1) SELECT n FROM a

-- valid
SELECT * FROM (SELECT title t FROM book) WHERE t LIKE 'a%'

-- valid
SELECT t.column1, column2 FROM (VALUES (1, 2), (3, 4)) AS t

-- valid
SELECT value FROM json_each('[1,2]')

-- valid
SELECT key, value, type FROM book, json_tree(book.meta)

-- valid
SELECT json_extract(meta, '$.a'), json_array_length(meta), json_object('a', 1), json_group_array(title), json_valid(meta), meta -> '$.a', json(meta), json_type(meta), json_set(meta, '$.a', 1) FROM book

-- valid
SELECT name FROM member EXCEPT SELECT name FROM author INTERSECT SELECT 'x' UNION ALL SELECT 'y'

-- valid
SELECT [m].[name], `m`.`joined_on`, m."card no" FROM [member] AS [m]

-- valid
SELECT main.loan.lent_on FROM loan

-- valid
SELECT EXISTS (SELECT 1 FROM loan), (SELECT MAX(lent_on) FROM loan)

-- valid
SELECT title FROM book NOT INDEXED

-- valid
SELECT 1, 'it''s', x'41', 1e5, 0x1F, NULL, TRUE, CURRENT_DATE, CURRENT_TIMESTAMP

-- valid
SELECT l.member_id, COUNT(*) n, MAX(l.lent_on) last FROM loan l GROUP BY 1 HAVING n > 1 AND last > '2026' ORDER BY n DESC, 3

-- valid
SELECT SUM(CASE WHEN returned_on IS NULL THEN 1 ELSE 0 END) * 100.0 / COUNT(*) AS pct FROM loan

-- valid
SELECT m.name FROM member m WHERE (SELECT COUNT(*) FROM loan l WHERE l.member_id = m.member_id) > 2

-- valid
SELECT a.name, (SELECT title FROM book b WHERE b.author_id = a.author_id ORDER BY published DESC LIMIT 1) AS latest FROM author a

-- valid
SELECT title AS t, upper(title) AS u FROM book WHERE u LIKE 'A%' AND t <> ''

-- valid
SELECT DISTINCT strftime('%m', lent_on) AS 'month' FROM loan ORDER BY "month"

-- valid
VALUES (1, 'a'), (2, 'b')

-- unknown column: year
SELECT year FROM book

-- unknown column: isbn
SELECT b.isbn FROM book b

-- unknown table: books
SELECT title FROM books

-- unknown column: isbn
SELECT "isbn" FROM book

-- unknown column: isbn
SELECT title FROM book WHERE [isbn] = '1'

-- unknown column: email
SELECT name FROM member ORDER BY email

-- unknown column: author
SELECT author, COUNT(*) FROM book GROUP BY author

-- unknown table: author
SELECT author.name FROM book

-- unknown column: due_on
SELECT title FROM book b JOIN loan l ON l.book_id = b.book_id WHERE l.due_on < date('now')

-- unknown column: country
SELECT member_name, country FROM open_loan

-- unknown column: borrower
SELECT o.borrower FROM open_loan o

-- unknown column: n
WITH t AS (SELECT COUNT(*) FROM loan) SELECT n FROM t

-- unknown column: pages
SELECT SUM(pages) FROM book

-- unknown column: member_no
SELECT m.name FROM member m WHERE m.member_id IN (SELECT l.member_no FROM loan l)

-- unknown column: publisher
SELECT a.name FROM author a JOIN book USING (publisher)

-- unknown column: lent_at
SELECT strftime('%m', lent_at) FROM loan

-- unknown column: pubyear
SELECT title, RANK() OVER (ORDER BY pubyear) FROM book

-- unknown column: val
SELECT j.val FROM book b, json_each(b.meta) j

-- unknown table: main.novel
SELECT title FROM main.novel

-- ambiguous: name
SELECT name FROM author, member

-- ambiguous: book_id
SELECT book_id FROM book b JOIN loan l ON l.book_id = b.book_id

-- syntax
SELECT TOP 5 title FROM book

-- syntax
SELECT title FROM book FETCH FIRST 5 ROWS ONLY

-- syntax
SELECT title::text FROM book

-- syntax
SELECT EXTRACT(YEAR FROM lent_on) FROM loan

-- syntax
SELECT title FROM book ORDER BY title WHERE book_id = 1
