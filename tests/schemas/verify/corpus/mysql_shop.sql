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
