-- valid
SELECT id, login_name, phone FROM sc_user

-- valid
SELECT * FROM sc_order WHERE status = 2 ORDER BY created_at DESC LIMIT 10

-- valid
SELECT u.login_name, COUNT(*) AS 订单数 FROM sc_user u JOIN sc_order o ON o.user_id = u.id GROUP BY u.login_name ORDER BY 订单数 DESC LIMIT 5, 10

-- valid
SELECT DATE_FORMAT(o.created_at, '%Y-%m') AS month, SUM(o.total_amount) AS total FROM sc_order o GROUP BY month HAVING total > 1000 ORDER BY month

-- valid
SELECT `p`.`name`, `c`.`name` AS `分类` FROM `sc_product` AS `p` LEFT JOIN `sc_category` AS `c` ON `c`.`id` = `p`.`category_id` WHERE `c`.`id` IS NULL

-- valid
SELECT name FROM sc_product WHERE price > (SELECT AVG(price) FROM sc_product)

-- valid
SELECT o.order_no FROM sc_order o WHERE EXISTS (SELECT 1 FROM sc_order_item i WHERE i.order_id = o.id AND i.quantity > 3)

-- valid
WITH RECURSIVE tree AS (SELECT id, parent_id, name, 0 AS depth FROM sc_category WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, c.name, t.depth + 1 FROM sc_category c JOIN tree t ON c.parent_id = t.id) SELECT name, depth FROM tree ORDER BY depth

-- valid
WITH paid (uid, amount) AS (SELECT user_id, SUM(total_amount) FROM sc_order WHERE status = 2 GROUP BY user_id) SELECT u.login_name, p.amount FROM paid p JOIN sc_user u ON u.id = p.uid

-- valid
SELECT login_name FROM sc_user WHERE phone LIKE "138%" AND status = "1"

-- valid
SELECT p.name, p.attributes->>'$.color' AS color, JSON_EXTRACT(attributes, '$.size') FROM sc_product p WHERE p.attributes->'$.color' IS NOT NULL

-- valid
SELECT user_id, created_at, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY created_at DESC) AS rn FROM sc_order

-- valid
SELECT t.user_id, t.total_amount FROM (SELECT o.*, RANK() OVER w AS r FROM sc_order o WINDOW w AS (PARTITION BY o.user_id ORDER BY o.total_amount DESC)) t WHERE t.r = 1

-- valid
SELECT CASE WHEN stock = 0 THEN '缺货' WHEN stock < 10 THEN '紧张' ELSE '充足' END AS 库存状态, COUNT(*) FROM sc_product GROUP BY 库存状态

-- valid
SELECT SUM(quantity * i.price) / NULLIF(COUNT(DISTINCT order_id), 0) FROM sc_order_item i

-- valid
SELECT ID, Login_Name FROM sc_user WHERE Status = 1

-- valid
SELECT o.order_no, GROUP_CONCAT(DISTINCT p.name ORDER BY p.name SEPARATOR ',') FROM sc_order o JOIN sc_order_item i ON i.order_id = o.id JOIN sc_product p ON p.id = i.product_id GROUP BY o.order_no

-- valid
SELECT login_name FROM sc_user WHERE created_at >= DATE_SUB(CURDATE(), INTERVAL 7 DAY) AND created_at < NOW() + INTERVAL 1 HOUR

-- valid
SELECT id FROM sc_user UNION ALL SELECT user_id FROM sc_order ORDER BY id LIMIT 3

-- valid
SELECT sc_order.order_no, sc_user.phone FROM sc_order INNER JOIN sc_user ON sc_order.user_id = sc_user.id WHERE sc_order.status IN (1, 2, 3)

-- valid
SELECT name, MATCH(name) AGAINST('手机' IN NATURAL LANGUAGE MODE) AS score FROM sc_product HAVING score > 0 ORDER BY score DESC

-- valid
SELECT IFNULL(pay_type, 0) AS pay_type, COUNT(*) AS n FROM sc_order GROUP BY pay_type WITH ROLLUP

-- valid
SELECT a.name, b.name FROM sc_category a, sc_category b WHERE a.parent_id = b.id

-- valid
SELECT name FROM sc_category ORDER BY (sort + 1) * -1, sc_category.id

-- valid
SELECT x.n FROM (SELECT COUNT(*) AS n, user_id FROM sc_order GROUP BY user_id HAVING n > 2) AS x WHERE x.user_id IN (SELECT id FROM sc_user WHERE level_id = (SELECT MAX(id) FROM sc_level))

-- valid
SELECT TIMESTAMPDIFF(DAY, u.created_at, o.created_at) AS days, WEEKDAY(o.created_at) FROM sc_user u CROSS JOIN sc_order o WHERE u.id = o.user_id

-- valid
SELECT order_no FROM sc_order WHERE note REGEXP '加急|尽快' AND NOT (total_amount BETWEEN 1 AND 5) AND note <=> NULL

-- valid
SELECT u.login_name FROM sc_user u LEFT JOIN sc_level l ON l.id = u.level_id AND l.discount < 0.9 WHERE l.name IS NOT NULL -- 打折会员

-- valid
SELECT id, name AS id2 FROM sc_level WHERE (id, name) IN (SELECT level_id, phone FROM sc_user)

-- valid
SELECT q.name FROM (SELECT p.id, p.name FROM sc_product p) AS q JOIN sc_order_item i ON i.product_id = q.id GROUP BY q.name, q.id HAVING SUM(i.quantity) > 10 AND COUNT(*) > 1

-- valid
SELECT MONTH(created_at) m, SUM(IF(status = 2, total_amount, 0)) AS 已付款 FROM sc_order WHERE YEAR(created_at) = 2026 GROUP BY MONTH(created_at) ORDER BY m

-- valid
SELECT o.id FROM sc_order o WHERE o.total_amount > ALL (SELECT i.price FROM sc_order_item i WHERE i.order_id = o.id)

-- valid
SELECT name FROM sc_product WHERE category_id IN (SELECT id FROM sc_category WHERE parent_id = (SELECT id FROM sc_category WHERE name = '手机'))

-- valid
SELECT j.color FROM sc_product p, JSON_TABLE(p.attributes, '$' COLUMNS (color VARCHAR(20) PATH '$.color')) AS j

-- valid
SELECT SUBSTRING_INDEX(phone, '-', 1) AS area, CONCAT_WS(' ', login_name, phone) FROM sc_user ORDER BY CHAR_LENGTH(login_name) DESC

-- valid
SELECT u.id, u.login_name FROM sc_user u STRAIGHT_JOIN sc_order o ON o.user_id = u.id

-- valid
SELECT SQL_CALC_FOUND_ROWS id FROM sc_user LIMIT 5

-- valid
SELECT DISTINCTROW status FROM sc_user

-- valid
SELECT id FROM sc_user USE INDEX (PRIMARY) WHERE id = 1

-- valid
SELECT id FROM sc_user FORCE INDEX FOR ORDER BY (PRIMARY) ORDER BY id

-- valid
SELECT COUNT(DISTINCT user_id, status) FROM sc_order

-- valid
SELECT DATE(created_at) d, HOUR(created_at), DAYOFWEEK(created_at), QUARTER(created_at), WEEK(created_at, 1), YEARWEEK(created_at), MONTHNAME(created_at), LAST_DAY(created_at), UNIX_TIMESTAMP(created_at), FROM_UNIXTIME(0), STR_TO_DATE('2026', '%Y'), DATE_ADD(created_at, INTERVAL '1:30' HOUR_MINUTE), ADDDATE(created_at, 5), DATEDIFF(NOW(), created_at), TIMEDIFF(NOW(), created_at), EXTRACT(YEAR_MONTH FROM created_at), TIME_TO_SEC('00:01'), SEC_TO_TIME(60), MAKEDATE(2026, 5), PERIOD_DIFF(202601, 202512), UTC_TIMESTAMP(), CURRENT_DATE, CURDATE() + 0, SYSDATE() FROM sc_order

-- valid
SELECT CONCAT(login_name, '-', id), SUBSTRING(login_name, 1, 3), SUBSTR(login_name FROM 2 FOR 3), LOCATE('a', login_name), INSTR(login_name, 'a'), POSITION('a' IN login_name), REPLACE(login_name, 'a', 'b'), LPAD(id, 5, '0'), TRIM(BOTH ' ' FROM login_name), LEFT(login_name, 1), REVERSE(login_name), REPEAT('a', 3), SPACE(2), UPPER(login_name), CHAR_LENGTH(login_name), LENGTH(login_name), FORMAT(id, 2), HEX(login_name), MD5(login_name), SHA2(login_name, 256), FIELD(status, 1, 2), ELT(1, 'a'), FIND_IN_SET('a', 'a,b'), STRCMP('a', 'b'), SOUNDEX(login_name), QUOTE(login_name), CHAR(65), ASCII('a'), ORD('a'), CONV('a', 16, 10), BIN(5), INSERT('abc', 1, 1, 'x'), MID('abc', 1, 2), REGEXP_REPLACE(login_name, 'a', 'b'), REGEXP_SUBSTR(login_name, 'a') FROM sc_user

-- valid
SELECT IF(status, 'y', 'n'), IFNULL(phone, ''), NULLIF(phone, ''), COALESCE(phone, login_name), CASE WHEN phone IS NULL THEN 1 END, GREATEST(1, 2), LEAST(1, 2), ISNULL(phone), INTERVAL(5, 1, 10) FROM sc_user

-- valid
SELECT CAST(id AS CHAR), CAST(phone AS UNSIGNED), CONVERT(phone, SIGNED), CONVERT(phone USING utf8mb4), CAST(phone AS DECIMAL(10,2)), BINARY login_name, phone COLLATE latin1_general_ci FROM sc_user

-- valid
SELECT ROUND(price, 1), TRUNCATE(price, 1), CEIL(price), FLOOR(price), MOD(id, 2), id % 2, id DIV 2, ABS(-1), POW(2, 3), SQRT(4), RAND(), SIGN(-1), PI(), LOG(2, 8), EXP(1), id ^ 1, id & 1, id | 1, ~id, id << 1, !stock, NOT stock, stock XOR 1, stock && 1, stock || 0 FROM sc_product

-- valid
SELECT JSON_OBJECT('a', id), JSON_ARRAY(1, 2), JSON_CONTAINS(attributes, '1', '$.a'), JSON_KEYS(attributes), JSON_LENGTH(attributes), JSON_UNQUOTE(JSON_EXTRACT(attributes, '$.a')), JSON_SEARCH(attributes, 'one', 'x'), JSON_TYPE(attributes), JSON_VALID(attributes), JSON_SET(attributes, '$.a', 1), JSON_ARRAYAGG(name), JSON_OBJECTAGG(id, name) FROM sc_product GROUP BY id

-- valid
SELECT category_id, AVG(price), STDDEV(price), VARIANCE(price), BIT_OR(id), GROUP_CONCAT(name ORDER BY price DESC SEPARATOR ' / '), GROUP_CONCAT(DISTINCT name), MAX(price) - MIN(price) AS spread FROM sc_product GROUP BY category_id HAVING spread > 5 AND COUNT(*) > 1 AND category_id > 3 ORDER BY spread DESC, category_id

-- valid
SELECT name, price, RANK() OVER (PARTITION BY category_id ORDER BY price DESC) r, SUM(price) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), LAG(price) OVER w, FIRST_VALUE(name) OVER w FROM sc_product WINDOW w AS (PARTITION BY category_id ORDER BY id)

-- valid
SELECT u.login_name FROM sc_user AS u WHERE u.id IN (SELECT o.user_id FROM sc_order AS o GROUP BY o.user_id HAVING SUM(o.total_amount) > (SELECT AVG(total_amount) * 2 FROM sc_order))

-- valid
SELECT a.id, b.cnt FROM sc_user a LEFT JOIN (SELECT user_id, COUNT(*) AS cnt FROM sc_order GROUP BY user_id) b ON a.id = b.user_id ORDER BY b.cnt DESC, a.id

-- valid
SELECT * FROM sc_user u NATURAL JOIN sc_level

-- valid
SELECT id, name FROM sc_level UNION DISTINCT SELECT id, name FROM sc_category ORDER BY name DESC LIMIT 5

-- valid
(SELECT id FROM sc_user ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM sc_order ORDER BY id LIMIT 1)

-- valid
SELECT id FROM sc_user WHERE created_at BETWEEN '2026-01-01' AND '2026-12-31 23:59:59' AND login_name LIKE '%\_%' AND login_name NOT LIKE 'a%' ESCAPE '|' AND phone RLIKE '^1[0-9]+' AND status IS TRUE AND level_id IS NOT FALSE

-- valid
SELECT id FROM sc_user WHERE (id, status) IN ((1, 2), (3, 4)) OR ROW(id, status) = ROW(1, 2)

-- valid
SELECT id FROM sc_user WHERE id = ANY (SELECT user_id FROM sc_order) AND id > SOME (SELECT 1) AND NOT EXISTS (SELECT * FROM sc_level WHERE sc_level.id = sc_user.level_id)

-- valid
SELECT YEAR(o.created_at) AS y, MONTH(o.created_at) AS m, SUM(o.total_amount) AS amt, SUM(SUM(o.total_amount)) OVER (ORDER BY YEAR(o.created_at), MONTH(o.created_at)) AS running FROM sc_order o GROUP BY y, m ORDER BY y, m

-- valid
SELECT o.status, COUNT(*) c, ROUND(COUNT(*) * 100 / (SELECT COUNT(*) FROM sc_order), 2) AS pct FROM sc_order o GROUP BY o.status

-- valid
SELECT 'a' 'b', "x", N'y', _utf8mb4'z', x'41', 0xFF, b'101', 1e3, .5, TRUE, NULL

-- valid
SELECT t.n, t.k FROM (SELECT 1 n, 2 k UNION SELECT 3, 4) t

-- valid
SELECT id AS `编号`, login_name `名称` FROM sc_user ORDER BY `编号`

-- valid
SELECT DATE_FORMAT(created_at, '%Y-%m') `month`, COUNT(*) AS `count` FROM sc_order GROUP BY `month` ORDER BY `month`

-- valid
WITH m AS (SELECT user_id, MAX(created_at) AS last_at FROM sc_order GROUP BY user_id) SELECT u.login_name, m.last_at FROM sc_user u INNER JOIN m ON m.user_id = u.id WHERE m.last_at < NOW() - INTERVAL 30 DAY

-- valid
SELECT u.* , o.order_no FROM sc_user u , sc_order o WHERE u.id = o.user_id AND o.created_at >= '2026-01-01'

-- valid
SELECT COUNT(*) AS 总数, SUM(status = 1) AS 正常 FROM sc_user

-- valid
SELECT login_name FROM sc_user ORDER BY FIELD(status, 1, 0), created_at DESC

-- valid
SELECT login_name FROM sc_user ORDER BY RAND() LIMIT 1

-- valid
SELECT p.id, (SELECT SUM(i.quantity) FROM sc_order_item i WHERE i.product_id = p.id) AS sold FROM sc_product p HAVING sold > 5 ORDER BY sold DESC

-- valid
SELECT user_id, status FROM sc_order GROUP BY user_id, status WITH ROLLUP

-- valid
SELECT * FROM sc_user WHERE id = 1 OR 1 = 1 # all

-- valid
SELECT c1.name, c2.name AS parent FROM sc_category c1 LEFT JOIN sc_category c2 ON c1.parent_id = c2.id WHERE c2.name <> '' AND c1.sort != 0

-- valid
SELECT SUM(t.total_amount) FROM (SELECT DISTINCT o.* FROM sc_order o JOIN sc_order_item i ON i.order_id = o.id WHERE i.price > 10) AS t

-- valid
SELECT CONCAT(ROUND(SUM(CASE WHEN status = 2 THEN 1 ELSE 0 END) / COUNT(*) * 100, 2), '%') AS 支付率 FROM sc_order

-- valid
SELECT id FROM sc_order WHERE MONTH(created_at) = MONTH(CURRENT_DATE - INTERVAL 1 MONTH) AND YEAR(created_at) = YEAR(CURRENT_DATE - INTERVAL 1 MONTH)

-- unknown column: user_name
SELECT id, user_name FROM sc_user

-- unknown column: mobile
SELECT u.mobile FROM sc_user u

-- unknown table: sc_orders
SELECT * FROM sc_orders

-- unknown table: sc_member
SELECT u.login_name FROM sc_user u JOIN sc_member m ON m.user_id = u.id

-- unknown column: order_date
SELECT order_no FROM sc_order WHERE order_date > '2026-01-01'

-- unknown column: amount
SELECT user_id, SUM(amount) FROM sc_order GROUP BY user_id

-- unknown column: category
SELECT category, COUNT(*) FROM sc_product GROUP BY category

-- unknown column: title
SELECT p.title FROM sc_order_item i JOIN sc_product p ON p.id = i.product_id

-- unknown column: unit_price
SELECT SUM(i.quantity * i.unit_price) FROM sc_order_item i

-- unknown column: goods_id
SELECT p.name FROM sc_product p JOIN sc_order_item i ON i.goods_id = p.id

-- unknown column: total
SELECT COUNT(*) AS n FROM sc_order WHERE total > 5

-- unknown column: n
SELECT user_id, COUNT(*) AS n FROM sc_order WHERE n > 5 GROUP BY user_id

-- unknown column: email
WITH u AS (SELECT id, login_name FROM sc_user) SELECT email FROM u

-- unknown column: phone
WITH u AS (SELECT id, login_name FROM sc_user) SELECT phone FROM u

-- unknown column: is_deleted
SELECT name FROM sc_product WHERE EXISTS (SELECT 1 FROM sc_category c WHERE c.id = category_id AND c.is_deleted = 0)

-- unknown column: create_time
SELECT order_no FROM sc_order ORDER BY create_time DESC

-- unknown column: parent
SELECT c.name FROM sc_category c GROUP BY c.name HAVING MAX(c.parent) > 1

-- unknown table: x
SELECT x.id FROM sc_order o

-- unknown table: sc_user
SELECT sc_user.id FROM sc_order

-- unknown table: sc_order
SELECT sc_order.id FROM sc_order o

-- unknown column: 手机
SELECT 手机 FROM sc_user

-- unknown column: paid_at
SELECT DATEDIFF(o.paid_at, o.created_at) FROM sc_order o

-- unknown column: rank_no
SELECT ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY rank_no) FROM sc_order

-- unknown column: colour
SELECT j.colour FROM sc_product p, JSON_TABLE(p.attributes, '$' COLUMNS (color VARCHAR(20) PATH '$.color')) AS j

-- unknown column: product_name
SELECT id FROM sc_product WHERE MATCH(product_name) AGAINST('手机')

-- unknown table: vip
SELECT id FROM sc_user WHERE id IN (SELECT user_id FROM vip)

-- unknown column: user_id
SELECT login_name FROM sc_user JOIN sc_level USING (user_id)

-- unknown table: o
SELECT q.x FROM sc_order o, (SELECT i.price AS x FROM sc_order_item i WHERE i.order_id = o.id) q

-- ambiguous: id
SELECT id FROM sc_user u JOIN sc_order o ON o.user_id = u.id

-- ambiguous: status
SELECT u.login_name FROM sc_user u JOIN sc_order o ON o.user_id = u.id WHERE status = 1

-- ambiguous: price
SELECT SUM(price * quantity) FROM sc_order_item i JOIN sc_product p ON p.id = i.product_id

-- syntax
SELECT TOP 5 * FROM sc_user

-- syntax
SELECT [id] FROM sc_user

-- syntax
SELECT id, name, FROM sc_level

-- syntax
SELECT u.id FROM sc_user u FULL OUTER JOIN sc_order o ON o.user_id = u.id

-- syntax
SELECT id::text FROM sc_user

-- syntax
SELECT id FROM (SELECT id FROM sc_user)

-- valid
SELECT o.id AS id, COUNT(*) FROM sc_order o JOIN sc_user u ON u.id = o.user_id GROUP BY id

-- valid
SELECT o.id + 1 AS id FROM sc_order o JOIN sc_user u ON u.id = o.user_id ORDER BY id + 1

-- valid
SELECT o.id AS x, (SELECT x + 1) AS y FROM sc_order o

-- valid
SELECT o.id + 1 AS x FROM sc_order o ORDER BY (SELECT MAX(u.id) FROM sc_user u WHERE u.id = x)

-- valid
SELECT o.* FROM sc_order o JOIN sc_user u ON u.id = o.user_id ORDER BY id

-- valid
SELECT shop.sc_user.id FROM sc_user

-- valid
SELECT sc_user.id, id FROM sc_user JOIN sc_level USING (id)

-- valid
SELECT COUNT(*) AS c FROM sc_user ORDER BY sc_user.id

-- unknown column: x
SELECT o.id AS x, x + 1 AS y FROM sc_order o

-- unknown table: c
SELECT u.id FROM sc_user u JOIN sc_order o ON o.user_id = c.id JOIN sc_category c ON c.id = 1

-- unknown table: u
SELECT u.id FROM sc_user u, sc_level l JOIN sc_order o ON o.user_id = u.id

-- unknown column: login_name
SELECT id FROM sc_user GROUP BY id HAVING login_name = 'x'

-- unknown column: user_id
SELECT id FROM sc_user UNION SELECT user_id FROM sc_order ORDER BY user_id

-- unknown table: sc_user
SELECT id FROM sc_user UNION SELECT user_id FROM sc_order ORDER BY sc_user.id

-- unknown table: b
WITH a AS (SELECT y FROM b), b AS (SELECT 1 AS y) SELECT y FROM a

-- ambiguous: id
SELECT o.id, u.id FROM sc_order o JOIN sc_user u ON u.id = o.user_id ORDER BY id

-- ambiguous: created_at
SELECT * FROM sc_order o JOIN sc_user u ON u.id = o.user_id ORDER BY created_at

-- ambiguous: id
SELECT id FROM (SELECT o.id, u.id FROM sc_order o JOIN sc_user u ON u.id = o.user_id) t

-- ambiguous: a
SELECT a.id FROM sc_user a JOIN sc_user a ON 1 = 1

-- syntax
SELECT id FROM sc_user WHERE

-- syntax
SELECT id FROM sc_user ORDER BY id WHERE id = 1
