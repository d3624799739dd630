"""What well-known sample databases and projects are written in."""

import pytest

from tests.ddl.shapes import columns, comments, defaults, keys, read
from tunesmith.bot.ddl import Dialect


def test_mysqls_own_sample_and_source_commands() -> None:
    schema = read("""
DROP DATABASE IF EXISTS employees;
CREATE DATABASE IF NOT EXISTS employees;
USE employees;
SELECT 'CREATING DATABASE STRUCTURE' as 'INFO';
/*!50503 set default_storage_engine = InnoDB */;
/*!50503 select CONCAT('storage engine: ', @@default_storage_engine) as INFO */;
CREATE TABLE employees (
    emp_no      INT             NOT NULL,
    gender      ENUM ('M','F')  NOT NULL,
    PRIMARY KEY (emp_no)
);
CREATE TABLE titles (
    emp_no      INT             NOT NULL,
    title       VARCHAR(50)     NOT NULL,
    to_date     DATE,
    FOREIGN KEY (emp_no) REFERENCES employees (emp_no) ON DELETE CASCADE,
    PRIMARY KEY (emp_no,title)
)
;
CREATE OR REPLACE VIEW latest AS
    SELECT emp_no, MAX(to_date) AS to_date FROM titles GROUP BY emp_no;
flush /*!50503 binary */ logs;
SELECT 'LOADING it''s' as 'INFO';
source load_employees.dump ;
source show_elapsed.sql ;
""")
    assert columns(schema, "employees") == ["emp_no INT !", "gender ENUM ('M','F') !"]
    assert keys(schema, "titles") == ["pk(emp_no, title)", "fk(emp_no) employees(emp_no)"]
    assert columns(schema, "latest") == ["emp_no INT !", "to_date"]


def test_sql_server_projects_and_adventureworks() -> None:
    schema = read("""
:setvar DatabaseName "AW"
:on error exit
CREATE SCHEMA [Person] AUTHORIZATION [dbo];
GO
CREATE TYPE [Flag] FROM bit NOT NULL;
CREATE TYPE [Name] FROM nvarchar(50) NULL;
GO
CREATE XML SCHEMA COLLECTION [Person].[Info] AS
'<xsd:schema targetNamespace="it''s; here"><xsd:element name="a"/></xsd:schema>';
GO
CREATE TABLE [Person].[Address](
    [AddressID] [int] IDENTITY (1, 1) NOT FOR REPLICATION NOT NULL,
    [City] [Name] NOT NULL,
    [Active] [Flag],
    [Level] AS [Node].GetLevel(),
    [Node] hierarchyid NULL,
    [No] AS ISNULL(N'SO' + CONVERT(nvarchar(23), [AddressID]), N'*** ERROR ***'),
    [Info] [XML]([Person].[Info]) NULL,
    [rowguid] uniqueidentifier ROWGUIDCOL NOT NULL UNIQUE CONSTRAINT [DF_r] DEFAULT (NEWID()),
    [SeqID] INT CONSTRAINT [DF_s] DEFAULT (NEXT VALUE FOR [Sequences].[S]) NOT NULL,
    [ModifiedDate] [datetime] NOT NULL CONSTRAINT [DF_m] DEFAULT (GETDATE())
) ON [PRIMARY];
GO
ALTER TABLE [Person].[Address] WITH CHECK ADD
    CONSTRAINT [PK_Address] PRIMARY KEY CLUSTERED
    (
        [AddressID]
    )  ON [PRIMARY];
GO
CREATE PRIMARY XML INDEX [PXML] ON [Person].[Address]([Info]);
CREATE FULLTEXT CATALOG c AS DEFAULT;
BULK INSERT [Person].[Address] FROM '$(Path)Address.csv' WITH (CHECK_CONSTRAINTS);
GO
EXECUTE [sys].[sp_addextendedproperty] N'MS_Description', N'City name.', N'SCHEMA', [Person],
    N'TABLE', [Address], N'COLUMN', [City];
EXECUTE sp_addextendedproperty @name = N'Description', @value = N'Where', @level0type = N'SCHEMA',
    @level0name = N'Person', @level1type = N'TABLE', @level1name = N'Address';
GO
CREATE TRIGGER [ddl] ON DATABASE FOR DDL_DATABASE_LEVEL_EVENTS AS
BEGIN SET NOCOUNT ON; END;
GO
""")
    assert columns(schema, "Person.Address") == [
        "AddressID int !",
        "City Name !",
        "Active Flag !",
        "Level",
        "Node hierarchyid",
        "No",
        "Info XML([Person].[Info])",
        "rowguid uniqueidentifier !",
        "SeqID INT !",
        "ModifiedDate datetime !",
    ]
    assert keys(schema, "Person.Address") == ["pk(AddressID)", "uk(rowguid)"]
    assert comments(schema, "Person.Address") == {"": "Where", "City": "City name."}
    assert defaults(schema, "Person.Address")["SeqID"] == "(NEXT VALUE FOR [Sequences].[S])"


CHINOOK = """
/*******************************************************************************
   Chinook Database - Version 1.4
   Script: Chinook_{name}.sql
   DB Server: {name}
********************************************************************************/
CREATE TABLE {open}Album{close}
(
    {open}AlbumId{close} {integer}  NOT NULL,
    {open}Title{close} {text}  NOT NULL,
    {open}ArtistId{close} {integer}  NOT NULL,
    CONSTRAINT {open}PK_Album{close} PRIMARY KEY  ({open}AlbumId{close}),
    FOREIGN KEY ({open}ArtistId{close}) REFERENCES {open}Artist{close} ({open}ArtistId{close})
\t\tON DELETE NO ACTION ON UPDATE NO ACTION
);{end}
CREATE TABLE {open}Artist{close} (
    {open}ArtistId{close} {integer} NOT NULL,
    PRIMARY KEY ({open}ArtistId{close}));{end}
INSERT INTO {open}Album{close} VALUES (1, N'For Those; About', 1);{end}
"""


@pytest.mark.parametrize(
    ("dialect", "name", "quotes", "integer", "text", "end"),
    [
        (Dialect.SQLITE, "Sqlite", "[]", "INTEGER", "NVARCHAR(160)", ""),
        (Dialect.MSSQL, "SqlServer", "[]", "INT", "NVARCHAR(160)", "\nGO"),
        (Dialect.MYSQL, "MySql", "``", "INT", "NVARCHAR(160)", ""),
        (Dialect.ORACLE, "Oracle", "  ", "NUMBER", "VARCHAR2(160)", ""),
        (Dialect.POSTGRES, "PostgreSql", '""', "INT", "VARCHAR(160)", ""),
    ],
)
def test_one_sample_for_five_databases_is_told_apart(
    dialect: Dialect, name: str, quotes: str, integer: str, text: str, end: str
) -> None:
    ddl = CHINOOK.format(
        name=name, open=quotes[0], close=quotes[1], integer=integer, text=text, end=end
    )
    schema = read(ddl)
    assert schema.dialect is dialect
    assert keys(schema, "Album") == ["pk(AlbumId)", "fk(ArtistId) Artist(ArtistId)"]
