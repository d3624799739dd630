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
SELECT x.Name FROM (SELECT Name FROM dbo.Supplier)
