"""SQL Server: Management Studio, Navicat, Entity Framework, PowerDesigner, hand-written batches."""

from tests.ddl.shapes import columns, comments, defaults, dump, keys, read, table, why
from tunesmith.bot.ddl import Dialect, parse_ddl

SSMS = dump("management_studio")


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
IF EXISTS (SELECT * FROM sys.all_objects WHERE object_id = OBJECT_ID(N'[dbo].[gen_table]'))
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
ALTER TABLE b ADD c int NULL, d varchar(5) NOT NULL CONSTRAINT df DEFAULT ('x') WITH VALUES,
  CONSTRAINT pk PRIMARY KEY (a_id)
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
        "CREATE TABLE a (x nvarchar(1))\ngo -- done\n"
        "CREATE TABLE b (x int)\nGO 5\n/* \nGO\n*/\nSELECT 1\n"
    )
    assert [item.name for item in schema.tables] == ["a", "b"]


def test_table_keys_may_be_declared_behind_the_last_column() -> None:
    schema = read(
        "CREATE TABLE t (a int NOT NULL,"
        " b int NOT NULL CONSTRAINT pk PRIMARY KEY NONCLUSTERED (a, b), c int,)",
        Dialect.MSSQL,
    )
    assert keys(schema, "t") == ["pk(a, b)"]
    assert columns(schema, "t") == ["a int !", "b int !", "c int"]


def test_select_into_makes_a_table() -> None:
    schema = read(
        """
CREATE TABLE a (id int NOT NULL, n nvarchar(5))
SELECT id AS key_id, n INTO dbo.copy FROM a WHERE id > 0
SELECT * INTO #tmp FROM a
SELECT count(*) FROM a
""",
        Dialect.MSSQL,
    )
    assert [item.name for item in schema.tables] == ["a", "dbo.copy"]
    assert columns(schema, "dbo.copy") == ["key_id int !", "n nvarchar(5)"]


def test_temporary_tables_and_table_variables_are_no_tables_of_the_schema() -> None:
    schema = parse_ddl(
        "CREATE TABLE #t (a int)\nDECLARE @v TABLE (b int)\n"
        "CREATE TABLE ##g (c int)\nCREATE TABLE real_one (d int)",
        dialect=Dialect.MSSQL,
    )
    assert [item.name for item in schema.tables] == ["real_one"]


def test_statements_in_quotes_are_read_as_if_they_stood_alone() -> None:
    schema = read(
        """CREATE TABLE [dbo].[Item]([Id] [int] NOT NULL, [Name] [nvarchar](5) NULL)
GO
IF NOT EXISTS (SELECT * FROM sys.views WHERE object_id = OBJECT_ID(N'[dbo].[Names]'))
EXEC dbo.sp_executesql @statement = N'CREATE VIEW [dbo].[Names] AS
SELECT Id, Name AS ''Called'' FROM [dbo].[Item] WHERE Name <> ''x'';
'
GO
EXEC('CREATE TABLE dbo.Extra (Id int NOT NULL PRIMARY KEY)')
GO
"""
    )
    assert columns(schema, "dbo.Names") == ["Id int !", "Called nvarchar(5)"]
    assert keys(schema, "dbo.Extra") == ["pk(Id)"]


def test_a_statement_that_is_put_together_is_named() -> None:
    schema = parse_ddl(
        "CREATE TABLE dbo.T (Id int)\nGO\nEXEC('CREATE TABLE dbo.' + @name + ' (Id int)')\nGO\n",
        dialect=Dialect.MSSQL,
    )
    (piece,) = schema.unparsed
    assert (piece.line, why(piece)) == (3, "a program that makes tables when it runs")
