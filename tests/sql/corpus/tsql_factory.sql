-- valid
SELECT TOP (10) SupplierId, Name FROM dbo.Supplier WHERE Active = 1 ORDER BY Name

-- valid
SELECT TOP 5 WITH TIES [Part Name], UnitCost FROM prod.Part ORDER BY UnitCost DESC

-- valid
SELECT supplierid, NAME FROM Supplier

-- valid
SELECT s.Name, COUNT(*) AS 零件数 FROM dbo.Supplier AS s INNER JOIN prod.Part p ON p.SupplierId = s.SupplierId GROUP BY s.Name HAVING COUNT(*) > 3 ORDER BY 零件数 DESC

-- valid
SELECT WorkOrderId FROM prod.WorkOrder WITH (NOLOCK) WHERE StartedAt >= DATEADD(day, -7, GETDATE())

-- valid
SELECT DATEPART(month, w.StartedAt) AS m, DATENAME(weekday, w.StartedAt) AS d, SUM(w.Quantity) AS q FROM prod.WorkOrder w GROUP BY DATEPART(month, w.StartedAt), DATENAME(weekday, w.StartedAt) ORDER BY m, d

-- valid
SELECT DATEDIFF(hour, StartedAt, FinishedAt) AS hours, FORMAT(StartedAt, 'yyyy-MM') AS ym FROM prod.WorkOrder WHERE FinishedAt IS NOT NULL

-- valid
WITH t AS (SELECT PartId, SUM(Quantity) AS total FROM prod.WorkOrder GROUP BY PartId) SELECT p.[Part Name], t.total FROM t JOIN prod.Part AS p ON p.PartId = t.PartId WHERE t.total > (SELECT AVG(total) FROM t)

-- valid
WITH tree (id, parent, lvl) AS (SELECT UnitId, ParentId, 0 FROM dbo.Unit WHERE ParentId IS NULL UNION ALL SELECT u.UnitId, u.ParentId, tree.lvl + 1 FROM dbo.Unit u JOIN tree ON u.ParentId = tree.id) SELECT id, lvl FROM tree OPTION (MAXRECURSION 50)

-- valid
SELECT p.[Part Name], w.WorkOrderId FROM prod.Part p CROSS APPLY (SELECT TOP 1 o.WorkOrderId FROM prod.WorkOrder o WHERE o.PartId = p.PartId ORDER BY o.StartedAt DESC) w

-- valid
SELECT p.PartId, v.value FROM prod.Part p OUTER APPLY STRING_SPLIT(p.Tags, ',') v

-- valid
SELECT p.PartId, j.colour FROM prod.Part p CROSS APPLY OPENJSON(p.Tags) WITH (colour NVARCHAR(20) '$.colour') AS j

-- valid
SELECT p.Details.value('(/part/@weight)[1]', 'decimal(8,2)') AS weight FROM prod.Part p

-- valid
SELECT Details.value('(/part/@weight)[1]', 'int') FROM prod.Part WHERE Details.exist('/part') = 1

-- valid
SELECT WorkOrderId, ROW_NUMBER() OVER (PARTITION BY PartId ORDER BY StartedAt) AS rn FROM prod.WorkOrder ORDER BY rn OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY

-- valid
SELECT * FROM (SELECT PartId, Status, Quantity FROM prod.WorkOrder) AS src PIVOT (SUM(Quantity) FOR Status IN ([1], [2])) AS pvt ORDER BY pvt.[1]

-- valid
SELECT u.PartId, u.what, u.amount FROM (SELECT PartId, CAST(UnitCost AS INT) AS cost, SupplierId FROM prod.Part) s UNPIVOT (amount FOR what IN (cost, SupplierId)) AS u

-- valid
SELECT total = SUM(Quantity), PartId FROM prod.WorkOrder GROUP BY PartId ORDER BY total

-- valid
SELECT ISNULL(FinishedAt, SYSDATETIME()), IIF(Status = 1, N'生产中', N'已完成') AS [状态] FROM prod.WorkOrder

-- valid
SELECT CONVERT(varchar(10), StartedAt, 120), TRY_CAST(Tags AS int), CAST(UnitCost AS decimal(10, 2)) FROM prod.WorkOrder w JOIN prod.Part p ON p.PartId = w.PartId

-- valid
SELECT s.City, STRING_AGG(s.Name, ', ') WITHIN GROUP (ORDER BY s.Name) FROM dbo.Supplier s GROUP BY s.City

-- valid
SELECT Factory.dbo.Supplier.Name FROM Factory.dbo.Supplier

-- valid
SELECT Name FROM dbo.Supplier WHERE SupplierId IN (SELECT SupplierId FROM prod.Part EXCEPT SELECT SupplierId FROM prod.Part WHERE UnitCost > 5)

-- valid
SELECT Name COLLATE Latin1_General_CI_AS AS n FROM dbo.Supplier ORDER BY n

-- valid
SELECT w.Status, COUNT(*) AS n FROM prod.WorkOrder w GROUP BY ROLLUP (w.Status)

-- valid
SELECT "Name" FROM dbo.Supplier WHERE Name LIKE N'%钢%' AND EOMONTH('2026-01-01') < GETDATE()

-- valid
SELECT d.Reason FROM prod.Defect d WHERE NOT EXISTS (SELECT * FROM prod.WorkOrder w WHERE w.WorkOrderId = d.WorkOrderId AND w.FinishedAt IS NULL)

-- valid
SELECT v.a, v.b FROM (VALUES (1, 'x'), (2, 'y')) AS v (a, b)

-- valid
SELECT a.Name, b.Name AS parent FROM dbo.Unit a LEFT OUTER JOIN dbo.Unit b ON b.UnitId = a.ParentId FOR JSON PATH

-- valid
SELECT Name FROM dbo.Supplier UNION ALL SELECT Name FROM dbo.Unit ORDER BY Name

-- valid
SELECT LAG(Quantity, 1, 0) OVER (ORDER BY StartedAt) AS previous, SUM(Quantity) OVER (ORDER BY StartedAt ROWS UNBOUNDED PRECEDING) FROM prod.WorkOrder

-- valid
SELECT ROW_NUMBER() OVER win AS rn, SUM(Quantity) OVER (win ROWS UNBOUNDED PRECEDING) s FROM prod.WorkOrder WINDOW win AS (PARTITION BY PartId ORDER BY StartedAt)

-- valid
SELECT TOP 10 PERCENT * FROM dbo.Supplier ORDER BY Name

-- valid
SELECT DISTINCT TOP (5) Name FROM dbo.Supplier

-- valid
SELECT * FROM dbo.Supplier s WHERE s.Name LIKE 'A[a-c]%' ESCAPE '\'

-- valid
SELECT COUNT_BIG(*), CHECKSUM_AGG(Quantity), STDEV(Quantity), VARP(Quantity) FROM prod.WorkOrder

-- valid
SELECT CAST(GETDATE() AS date) AS d, CONVERT(date, StartedAt) FROM prod.WorkOrder WHERE StartedAt BETWEEN '20260101' AND '20261231'

-- valid
SELECT DATEFROMPARTS(2026,1,1), EOMONTH(GETDATE(), -1), SWITCHOFFSET(SYSDATETIMEOFFSET(), '+08:00'), DATETRUNC(month, StartedAt) FROM prod.WorkOrder

-- valid
SELECT YEAR(StartedAt) y, MONTH(StartedAt) m, DAY(StartedAt) d, COUNT(*) c FROM prod.WorkOrder GROUP BY YEAR(StartedAt), MONTH(StartedAt), DAY(StartedAt) ORDER BY y, m, d

-- valid
SELECT DATEDIFF_BIG(second, StartedAt, FinishedAt) FROM prod.WorkOrder

-- valid
SELECT DATEPART(iso_week, StartedAt), DATEPART(wk, StartedAt), DATEPART(dw, StartedAt), DATEPART(qq, StartedAt), DATENAME(dw, StartedAt) FROM prod.WorkOrder

-- valid
SELECT DATEADD(mm, DATEDIFF(mm, 0, GETDATE()), 0)

-- valid
SELECT LEFT(Name, 3) + ' ' + RIGHT(Name, 2), SUBSTRING(Name, 1, 5), CHARINDEX('a', Name), PATINDEX('%a%', Name), STUFF(Name, 1, 1, 'x'), REPLICATE('x', 3), REVERSE(Name), LTRIM(RTRIM(Name)), TRIM(Name), LEN(Name), DATALENGTH(Name), UPPER(Name), LOWER(Name), QUOTENAME(Name), SPACE(2), STR(5), UNICODE(Name), NCHAR(100), CONCAT(Name, City), CONCAT_WS(',', Name, City), TRANSLATE(Name, 'ab', 'cd'), FORMAT(GETDATE(), 'd', 'zh-CN'), STRING_ESCAPE(Name, 'json') FROM dbo.Supplier

-- valid
SELECT ABS(-1), CEILING(1.5), FLOOR(1.5), ROUND(1.55, 1), POWER(2, 3), SQRT(4), SQUARE(3), SIGN(-1), EXP(1), LOG(10), LOG10(100), PI(), RAND(), SIN(1)

-- valid
SELECT s.Name, (SELECT COUNT(*) FROM prod.Part p WHERE p.SupplierId = s.SupplierId) AS n FROM dbo.Supplier s ORDER BY n DESC

-- valid
SELECT s.* FROM dbo.Supplier s WHERE EXISTS (SELECT NULL FROM prod.Part WHERE SupplierId = s.SupplierId)

-- valid
SELECT * FROM dbo.Supplier WHERE SupplierId = ANY (SELECT SupplierId FROM prod.Part)

-- valid
SELECT p.[Part Name], x.* FROM prod.Part p CROSS APPLY (VALUES ('a', p.UnitCost), ('b', p.UnitCost * 2)) AS x (label, amount)

-- valid
SELECT p.PartId, t.c.value('@id', 'int') FROM prod.Part p CROSS APPLY p.Details.nodes('/parts/part') AS t(c)

-- valid
SELECT Details.query('/a'), Details.exist('/a') FROM prod.Part

-- valid
SELECT JSON_VALUE(Tags, '$.a'), JSON_QUERY(Tags, '$.b'), ISJSON(Tags), JSON_MODIFY(Tags, '$.a', 1) FROM prod.Part

-- valid
SELECT j.[key], j.[value], j.[type] FROM prod.Part CROSS APPLY OPENJSON(Tags) j

-- valid
SELECT value FROM STRING_SPLIT('a,b', ',')

-- valid
SELECT value FROM GENERATE_SERIES(1, 10)

-- valid
SELECT Name FROM dbo.Supplier ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH FIRST 10 ROWS ONLY

-- valid
SELECT Name FROM dbo.Supplier FOR XML PATH('supplier'), ROOT('suppliers')

-- valid
SELECT STUFF((SELECT ',' + u.Name FROM dbo.Unit u FOR XML PATH('')), 1, 1, '') AS names

-- valid
SELECT a.Name FROM dbo.Unit AS a INNER HASH JOIN dbo.Unit AS b ON a.UnitId = b.ParentId OPTION (HASH JOIN, MAXDOP 1)

-- valid
SELECT Name FROM dbo.Supplier (NOLOCK)

-- valid
SELECT GROUPING_ID(PartId, Status), PartId, Status, SUM(Quantity) FROM prod.WorkOrder GROUP BY GROUPING SETS ((PartId, Status), (PartId), ())

-- valid
SELECT PartId, Status, SUM(Quantity) FROM prod.WorkOrder GROUP BY PartId, Status WITH ROLLUP

-- valid
SELECT PartId, SUM(Quantity) FROM prod.WorkOrder GROUP BY CUBE (PartId, Status)

-- valid
SELECT FIRST_VALUE(Quantity) OVER (PARTITION BY PartId ORDER BY StartedAt ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), LEAD(Quantity) OVER (ORDER BY StartedAt), NTILE(4) OVER (ORDER BY Quantity), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY Quantity) OVER (PARTITION BY PartId), CUME_DIST() OVER (ORDER BY Quantity), PERCENT_RANK() OVER (ORDER BY Quantity), DENSE_RANK() OVER (ORDER BY Quantity) FROM prod.WorkOrder

-- valid
SELECT Name FROM dbo.Supplier INTERSECT SELECT Name FROM dbo.Unit

-- valid
;WITH x AS (SELECT 1 AS n) SELECT n FROM x

-- valid
WITH a AS (SELECT 1 AS n), b AS (SELECT n + 1 AS m FROM a) SELECT a.n, b.m FROM a CROSS JOIN b

-- valid
SELECT CASE Status WHEN 1 THEN N'生产中' WHEN 2 THEN N'已完成' ELSE N'其他' END AS s FROM prod.WorkOrder

-- valid
SELECT [s].[Name] AS [供应商], 'x' AS "y", Name 'z' FROM [dbo].[Supplier] [s]

-- valid
SELECT s.Name AS 'Supplier Name' FROM dbo.Supplier s ORDER BY 'Supplier Name'

-- valid
SELECT SUM(CASE WHEN Status = 1 THEN Quantity ELSE 0 END) AS open_q, SUM(Quantity) * 1.0 / NULLIF(COUNT(*), 0) FROM prod.WorkOrder

-- valid
SELECT DISTINCT p.SupplierId FROM prod.Part AS p WHERE p.[Part Name] NOT LIKE N'%x%' AND p.UnitCost > $5.00

-- valid
SELECT 0x1F, 1e3, N'中文', -5 % 3, 5 & 3, 5 | 3, 5 ^ 3, ~5

-- valid
SELECT * FROM (SELECT Status, Quantity FROM prod.WorkOrder) src PIVOT (AVG(Quantity) FOR Status IN ([1], [2], [3])) p WHERE [1] > 5

-- valid
SELECT [1] AS one, [2] AS two FROM (SELECT Status, Quantity FROM prod.WorkOrder) src PIVOT (COUNT(Quantity) FOR Status IN ([1], [2])) AS p

-- valid
SELECT w.Quantity, APPROX_COUNT_DISTINCT(w.PartId) OVER () FROM prod.WorkOrder AS w

-- valid
SELECT s.Name FROM dbo.Supplier s LEFT JOIN prod.Part p ON s.SupplierId = p.SupplierId AND p.UnitCost > 10 WHERE p.PartId IS NULL

-- valid
SELECT s.Name FROM dbo.Supplier s RIGHT OUTER JOIN prod.Part p ON s.SupplierId = p.SupplierId FULL OUTER JOIN prod.WorkOrder w ON w.PartId = p.PartId

-- valid
SELECT s.Name FROM (dbo.Supplier s JOIN prod.Part p ON s.SupplierId = p.SupplierId) JOIN prod.WorkOrder w ON w.PartId = p.PartId

-- valid
SELECT s.Name FROM dbo.Supplier s JOIN prod.Part p JOIN prod.WorkOrder w ON w.PartId = p.PartId ON s.SupplierId = p.SupplierId

-- valid
SELECT TOP 1 WITH TIES PartId FROM prod.WorkOrder ORDER BY ROW_NUMBER() OVER (PARTITION BY PartId ORDER BY StartedAt DESC)

-- valid
SELECT Name FROM dbo.Supplier WHERE City IN (N'上海', N'北京') AND (Active = 1 OR Name IS NOT NULL)

-- valid
SELECT SupplierId, Name FROM dbo.Supplier WHERE SupplierId = @id

-- valid
SELECT UnitCost * 1.1 AS NewCost FROM prod.Part ORDER BY NewCost DESC

-- valid
SELECT AVG(CAST(Quantity AS float)) FROM prod.WorkOrder

-- valid
SELECT MAX(w.StartedAt) AS LastStart, w.PartId FROM prod.WorkOrder w GROUP BY w.PartId HAVING MAX(w.StartedAt) < DATEADD(YEAR, -1, SYSUTCDATETIME())

-- valid
SELECT IIF(GROUPING(PartId) = 1, 'All', CAST(PartId AS varchar(10))) AS p, SUM(Quantity) FROM prod.WorkOrder GROUP BY ROLLUP (PartId)

-- valid
SELECT NEWID(), HASHBYTES('SHA2_256', Name) FROM dbo.Supplier

-- valid
SELECT CURRENT_TIMESTAMP, SYSTEM_USER, DB_NAME()

-- valid
SELECT w.* FROM prod.WorkOrder AS w WHERE w.StartedAt >= CAST(DATEADD(DAY, -30, GETDATE()) AS DATE) AND DATEPART(HOUR, w.StartedAt) BETWEEN 9 AND 17

-- valid
SELECT p.PartId, SUM(w.Quantity) OVER (PARTITION BY p.PartId) AS t FROM prod.Part p INNER JOIN prod.WorkOrder w ON p.PartId = w.PartId

-- valid
SELECT Name, GREATEST(1, 2), LEAST(1, 2) FROM dbo.Supplier WHERE City IS DISTINCT FROM N'上海'

-- valid
SELECT TRIM('x' FROM Name), STRING_AGG(CONVERT(NVARCHAR(max), Name), ',') FROM dbo.Supplier GROUP BY Name

-- valid
SELECT * FROM prod.WorkOrder FOR SYSTEM_TIME AS OF '2026-01-01'

-- valid
SELECT Name FROM dbo.Supplier TABLESAMPLE (10 PERCENT)

-- valid
SELECT AT.x FROM (SELECT StartedAt AT TIME ZONE 'UTC' AS x FROM prod.WorkOrder) AS AT

-- valid
SELECT StartedAt AT TIME ZONE 'China Standard Time' FROM prod.WorkOrder

-- unknown column: SupplierName
SELECT SupplierName FROM dbo.Supplier

-- unknown column: Country
SELECT s.[Country] FROM dbo.Supplier AS s

-- unknown table: dbo.Vendor
SELECT * FROM dbo.Vendor

-- unknown table: dbo.WorkOrder
SELECT WorkOrderId FROM dbo.WorkOrder

-- unknown table: sales.Part
SELECT PartId FROM sales.Part

-- unknown column: PartName
SELECT PartName FROM prod.Part

-- unknown column: OrderDate
SELECT DATEPART(year, OrderDate), COUNT(*) FROM prod.WorkOrder GROUP BY DATEPART(year, OrderDate)

-- unknown column: m
SELECT MONTH(StartedAt) AS m, COUNT(*) FROM prod.WorkOrder GROUP BY m

-- unknown column: n
SELECT Status, COUNT(*) AS n FROM prod.WorkOrder GROUP BY Status HAVING n > 2

-- unknown column: cost
SELECT UnitCost AS cost FROM prod.Part WHERE cost > 10

-- unknown column: q
SELECT Quantity AS q FROM prod.WorkOrder ORDER BY q + 1

-- unknown column: Qty
WITH t AS (SELECT PartId, SUM(Quantity) AS total FROM prod.WorkOrder GROUP BY PartId) SELECT Qty FROM t

-- unknown column: Scrap
SELECT w.WorkOrderId FROM prod.WorkOrder w CROSS APPLY (SELECT d.Scrap FROM prod.Defect d WHERE d.WorkOrderId = w.WorkOrderId) x

-- unknown column: FinishDate
SELECT WorkOrderId FROM prod.WorkOrder WHERE DATEDIFF(day, StartedAt, FinishDate) > 3

-- unknown table: p
SELECT p.PartId FROM prod.Part

-- unknown column: item
SELECT v.item FROM prod.Part p CROSS APPLY STRING_SPLIT(p.Tags, ',') v

-- unknown column: Weight
SELECT p.Weight.value('(/a)[1]', 'int') FROM prod.Part p

-- unknown column: Priority
SELECT ROW_NUMBER() OVER (ORDER BY Priority) FROM prod.WorkOrder

-- unknown column: Amount
SELECT * FROM (SELECT PartId, Status, Quantity FROM prod.WorkOrder) AS src PIVOT (SUM(Amount) FOR Status IN ([1], [2])) AS pvt

-- unknown column: 名称
SELECT 名称 FROM dbo.Supplier

-- unknown table: prod.Inspection
SELECT d.Reason FROM prod.Defect d WHERE d.DefectId IN (SELECT DefectId FROM prod.Inspection)

-- unknown column: Name
SELECT Name FROM prod.Part

-- ambiguous: SupplierId
SELECT SupplierId FROM dbo.Supplier s JOIN prod.Part p ON p.SupplierId = s.SupplierId

-- ambiguous: Name
SELECT Name FROM dbo.Supplier, dbo.Unit

-- syntax
SELECT Name FROM dbo.Supplier LIMIT 5

-- syntax
SELECT `Name` FROM dbo.Supplier

-- syntax
SELECT Name FROM dbo.Supplier s JOIN prod.Part p USING (SupplierId)

-- syntax
SELECT Name FROM dbo.Supplier WHERE Active = TRUE

-- syntax
SELECT Name FROM (SELECT Name FROM dbo.Supplier)
