"""SQL Server: Management Studio, Navicat, Entity Framework, PowerDesigner, hand-written batches."""

from tests.schemas.parse.shapes import columns, comments, defaults, keys, read, table
from tunesmith.bot.schemas import Dialect, parse_ddl

SSMS = """
USE [master]
GO
/****** Object:  Database [Shop]    Script Date: 2024-01-01 ******/
CREATE DATABASE [Shop]
 CONTAINMENT = NONE
 ON  PRIMARY ( NAME = N'Shop', FILENAME = N'C:\\Shop.mdf' , SIZE = 8192KB )
GO
IF (1 = FULLTEXTSERVICEPROPERTY('IsFullTextInstalled'))
begin
EXEC [Shop].[dbo].[sp_fulltext_database] @action = 'enable'
end
GO
ALTER DATABASE [Shop] SET ANSI_NULL_DEFAULT OFF
GO
USE [Shop]
GO
/****** Object:  Schema [sales]    Script Date: 2024-01-01 ******/
CREATE SCHEMA [sales]
GO
CREATE TYPE [dbo].[Phone] FROM [nvarchar](25) NOT NULL
GO
SET ANSI_NULLS ON
GO
SET QUOTED_IDENTIFIER ON
GO
CREATE TABLE [sales].[Order Lines](
\t[LineID] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
\t[OrderID] [int] NOT NULL,
\t[Note] [nvarchar](max) COLLATE Korean_Wansung_CI_AS NULL,
\t[Price] [decimal](18, 2) NOT NULL,
\t[Qty] [smallint] NOT NULL,
\t[Total]  AS ([Price]*[Qty]) PERSISTED,
\t[Label]  AS (isnull([Note]+N' ',N'-')),
\t[Guid] [uniqueidentifier] ROWGUIDCOL  NOT NULL,
\t[Secret] [varchar](20) MASKED WITH (FUNCTION = 'default()') NULL,
\t[Big] [bigint] SPARSE  NULL,
\t[Contact] [dbo].[Phone],
\t[Stamp] [timestamp] NOT NULL,
\t[a]]b] [xml](CONTENT [dbo].[Coll]) NULL,
\t[From] datetime2(7) GENERATED ALWAYS AS ROW START HIDDEN NOT NULL,
\t[To] datetime2(7) GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
 CONSTRAINT [PK_Lines] PRIMARY KEY CLUSTERED
(
\t[LineID] ASC,
\t[OrderID] DESC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY],
 CONSTRAINT [UQ_Guid] UNIQUE NONCLUSTERED
(
\t[Guid] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY],
\tPERIOD FOR SYSTEM_TIME ([From], [To]),
\tINDEX [ix_inline] NONCLUSTERED ([Price])
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [sales].[Hist]))
GO
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Orders]([OrderID] [int] NOT NULL, [Customer] nvarchar(50) NULL,
 CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([OrderID] ASC) ON [PRIMARY])
GO
SET IDENTITY_INSERT [dbo].[Orders] ON
INSERT [dbo].[Orders] ([OrderID], [Customer]) VALUES (1, N'O''Neil; GO
go
CREATE TABLE fake (a int)')
INSERT [dbo].[Orders] ([OrderID], [Customer]) VALUES (2, N'[x')
SET IDENTITY_INSERT [dbo].[Orders] OFF
GO
/****** Object:  View [dbo].[vOrders]    Script Date: 2024-01-01 ******/
CREATE VIEW [dbo].[vOrders] WITH SCHEMABINDING
AS
SELECT TOP (100) PERCENT o.OrderID AS [Order No], o.*, SUM(l.[Price]) OVER (PARTITION BY o.OrderID) AS s
FROM dbo.Orders AS o INNER JOIN sales.[Order Lines] AS l ON o.OrderID = l.OrderID
GO
SET ANSI_PADDING ON
GO
CREATE UNIQUE NONCLUSTERED INDEX [IX_1] ON [dbo].[Orders]
(
\t[Customer] ASC
)
INCLUDE([OrderID]) WITH (PAD_INDEX = OFF) ON [PRIMARY]
GO
ALTER TABLE [dbo].[Orders] ADD  CONSTRAINT [DF_C]  DEFAULT (N'?') FOR [Customer]
GO
ALTER TABLE [sales].[Order Lines] ADD  DEFAULT (newid()) FOR [Guid]
GO
ALTER TABLE [sales].[Order Lines]  WITH CHECK ADD  CONSTRAINT [FK_Lines_Orders] FOREIGN KEY([OrderID])
REFERENCES [dbo].[Orders] ([OrderID])
ON UPDATE CASCADE
ON DELETE SET NULL
GO
ALTER TABLE [sales].[Order Lines] CHECK CONSTRAINT [FK_Lines_Orders]
GO
ALTER TABLE [sales].[Order Lines]  WITH NOCHECK ADD  CONSTRAINT [CK] CHECK  (([Qty]>(0) AND ([Price]>=(0))))
GO
CREATE PROCEDURE [dbo].[p] @a int AS
BEGIN
  SET NOCOUNT ON;
  CREATE TABLE #t (a int);
  SELECT 1;
END
GO
CREATE TRIGGER [dbo].[tr] ON [dbo].[Orders] AFTER INSERT AS
BEGIN
  INSERT INTO log SELECT 1
END
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'주문 줄; it''s' , @level0type=N'SCHEMA',@level0name=N'sales', @level1type=N'TABLE',@level1name=N'Order Lines', @level2type=N'COLUMN',@level2name=N'LineID'
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'주문 내역' , @level0type=N'SCHEMA',@level0name=N'sales', @level1type=N'TABLE',@level1name=N'Order Lines'
GO
EXEC sys.sp_addextendedproperty @name=N'MS_DiagramPane1', @value=N'[0E232FF0-B466-11cf-A24F-00AA00A3EFFF, 1.00]
   Begin DesignProperties = ' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'VIEW',@level1name=N'vOrders'
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'of an index' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'Orders', @level2type=N'INDEX',@level2name=N'IX_1'
GO
USE [master]
GO
ALTER DATABASE [Shop] SET  READ_WRITE
GO
"""


def test_a_script_of_management_studio_is_read_whole() -> None:
    schema = read(SSMS)
    assert schema.dialect is Dialect.MSSQL
    assert schema.confidence > 0.99
    assert [item.name for item in schema.tables] == [
        "sales.Order Lines",
        "dbo.Orders",
        "dbo.vOrders",
    ]
    assert columns(schema, "sales.Order Lines") == [
        "LineID int !",
        "OrderID int !",
        "Note nvarchar(max)",
        "Price decimal(18, 2) !",
        "Qty smallint !",
        "Total",
        "Label",
        "Guid uniqueidentifier !",
        "Secret varchar(20)",
        "Big bigint",
        "Contact dbo.Phone !",
        "Stamp timestamp !",
        "a]b xml(CONTENT [dbo].[Coll])",
        "From datetime2(7) !",
        "To datetime2(7) !",
    ]
    assert keys(schema, "sales.Order Lines") == [
        "pk(LineID, OrderID)",
        "uk(Guid)",
        "fk(OrderID) dbo.Orders(OrderID)",
    ]
    assert keys(schema, "dbo.Orders") == ["pk(OrderID)", "uk(Customer)"]
    assert defaults(schema, "dbo.Orders") == {"Customer": "(N'?')"}
    assert defaults(schema, "sales.Order Lines") == {"Guid": "(newid())"}
    assert table(schema, "sales.Order Lines").columns[5].generated == "([Price]*[Qty])"
    assert schema.types == {"dbo.Phone": "[nvarchar](25) NOT NULL"}
    assert columns(schema, "dbo.vOrders") == [
        "Order No int !",
        "OrderID int !",
        "Customer nvarchar(50)",
        "s",
    ]


def test_extended_properties_are_the_comments() -> None:
    schema = read(SSMS)
    assert comments(schema, "sales.Order Lines") == {"": "주문 내역", "LineID": "주문 줄; it's"}
    assert comments(schema, "dbo.vOrders") == {}


def test_navicat_and_powerdesigner_write_properties_by_place() -> None:
    schema = read("""
IF EXISTS (SELECT * FROM sys.all_objects WHERE object_id = OBJECT_ID(N'[dbo].[gen_table]') AND type IN ('U'))
\tDROP TABLE [dbo].[gen_table]
GO

CREATE TABLE [dbo].[gen_table] (
  [table_id] bigint  IDENTITY(1,1) NOT NULL,
  [name] nvarchar(200) COLLATE Chinese_PRC_CI_AS DEFAULT '' NULL
)
GO

ALTER TABLE [dbo].[gen_table] SET (LOCK_ESCALATION = TABLE)
GO

EXEC sp_addextendedproperty
'MS_Description', N'编号',
'SCHEMA', N'dbo',
'TABLE', N'gen_table',
'COLUMN', N'table_id'
GO

EXEC sp_addextendedproperty
'MS_Description', N'代码生成业务表',
'SCHEMA', N'dbo',
'TABLE', N'gen_table'
GO
declare @CurrentUser sysname
select @CurrentUser = user_name()
execute sp_addextendedproperty 'MS_Description',
   '名称',
   'user', @CurrentUser, 'table', 'gen_table', 'column', 'name'
go
ALTER TABLE [dbo].[gen_table] ADD CONSTRAINT [PK__gen] PRIMARY KEY CLUSTERED ([table_id])
WITH (PAD_INDEX = OFF)
ON [PRIMARY]
GO
""")
    assert comments(schema, "dbo.gen_table") == {
        "": "代码生成业务表",
        "table_id": "编号",
        "name": "名称",
    }
    assert keys(schema, "dbo.gen_table") == ["pk(table_id)"]


def test_a_batch_without_semicolons_is_cut_into_its_statements() -> None:
    schema = read(
        """
SET NOCOUNT ON
PRINT 'making tables'
IF OBJECT_ID('dbo.a', 'U') IS NULL
BEGIN
    CREATE TABLE dbo.a (id int NOT NULL PRIMARY KEY, name varchar(10) NULL)
    CREATE UNIQUE INDEX ix ON dbo.a (name)
END
CREATE TABLE b (a_id int FOREIGN KEY REFERENCES a (id), n int DEFAULT ((0)), m int)
ALTER TABLE b ADD c int NULL, d varchar(5) NOT NULL CONSTRAINT df DEFAULT ('x') WITH VALUES, CONSTRAINT pk PRIMARY KEY (a_id)
ALTER TABLE b ALTER COLUMN m bigint NOT NULL
ALTER TABLE b DROP COLUMN n, c
EXEC sp_rename 'dbo.b.m', 'mm', 'COLUMN'
EXEC sp_rename @objname = N'[b]', @newname = N'bb'
INSERT INTO a VALUES (1, 'x')
DROP TABLE #tmp
""",
        Dialect.MSSQL,
    )
    assert columns(schema, "dbo.a") == ["id int !", "name varchar(10)"]
    assert keys(schema, "dbo.a") == ["pk(id)", "uk(name)"]
    assert columns(schema, "bb") == ["a_id int !", "mm bigint !", "d varchar(5) !"]
    assert keys(schema, "bb") == ["pk(a_id)", "fk(a_id) dbo.a(id)"]
    assert defaults(schema, "bb") == {"d": "('x')"}


def test_entity_framework_migrations() -> None:
    schema = read("""
IF OBJECT_ID(N'[__EFMigrationsHistory]') IS NULL
BEGIN
    CREATE TABLE [__EFMigrationsHistory] (
        [MigrationId] nvarchar(150) NOT NULL,
        CONSTRAINT [PK___EFMigrationsHistory] PRIMARY KEY ([MigrationId])
    );
END;
GO

BEGIN TRANSACTION;
GO
CREATE TABLE [Blogs] (
    [Id] int NOT NULL IDENTITY,
    [Url] nvarchar(max) NOT NULL DEFAULT N'',
    [Rating] int NOT NULL DEFAULT 3,
    CONSTRAINT [PK_Blogs] PRIMARY KEY ([Id])
);
GO
CREATE TABLE [Posts] (
    [Id] int NOT NULL IDENTITY,
    [BlogId] int NULL,
    CONSTRAINT [PK_Posts] PRIMARY KEY ([Id]),
    CONSTRAINT [FK_Posts] FOREIGN KEY ([BlogId]) REFERENCES [Blogs] ([Id]) ON DELETE CASCADE
);
GO
DECLARE @var0 sysname;
SELECT @var0 = [d].[name]
FROM [sys].[default_constraints] [d]
WHERE ([d].[parent_object_id] = OBJECT_ID(N'[Blogs]') AND [c].[name] = N'Rating');
IF @var0 IS NOT NULL EXEC(N'ALTER TABLE [Blogs] DROP CONSTRAINT [' + @var0 + '];');
ALTER TABLE [Blogs] DROP COLUMN [Rating];
GO
EXEC sp_rename N'[Blogs].[Url]', N'Address', N'COLUMN';
GO
INSERT INTO [__EFMigrationsHistory] ([MigrationId]) VALUES (N'2024');
GO
COMMIT;
GO
""")
    assert columns(schema, "Blogs") == ["Id int !", "Address nvarchar(max) !"]
    assert keys(schema, "Posts") == ["pk(Id)", "fk(BlogId) Blogs(Id)"]


def test_database_and_double_dots_before_a_name() -> None:
    schema = read(
        "CREATE TABLE Shop.dbo.T (id int NOT NULL);\nALTER TABLE Shop..T ADD n nvarchar(5);\n"
        "ALTER TABLE [$(Db)].[dbo].[T] ADD CONSTRAINT k UNIQUE (n);\nGO\n:setvar Db Shop\n",
        Dialect.MSSQL,
    )
    assert columns(schema, "dbo.T") == ["id int !", "n nvarchar(5)"]
    assert keys(schema, "dbo.T") == ["uk(n)"]


def test_a_commented_go_and_a_go_with_a_count_end_a_batch() -> None:
    schema = read(
        "CREATE TABLE a (x nvarchar(1))\ngo -- done\nCREATE TABLE b (x int)\nGO 5\n/* \nGO\n*/\nSELECT 1\n"
    )
    assert [item.name for item in schema.tables] == ["a", "b"]


def test_table_keys_may_be_declared_behind_the_last_column() -> None:
    schema = read(
        "CREATE TABLE t (a int NOT NULL, b int NOT NULL CONSTRAINT pk PRIMARY KEY NONCLUSTERED (a, b), c int,)",
        Dialect.MSSQL,
    )
    assert keys(schema, "t") == ["pk(a, b)"]
    assert columns(schema, "t") == ["a int !", "b int !", "c int"]


def test_temporary_tables_and_table_variables_are_no_tables_of_the_schema() -> None:
    schema = parse_ddl(
        "CREATE TABLE #t (a int)\nDECLARE @v TABLE (b int)\nCREATE TABLE ##g (c int)\nCREATE TABLE real_one (d int)",
        dialect=Dialect.MSSQL,
    )
    assert [item.name for item in schema.tables] == ["real_one"]
