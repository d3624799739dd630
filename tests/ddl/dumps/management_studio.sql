USE [master]
GO
/****** Object:  Database [Shop]    Script Date: 2024-01-01 ******/
CREATE DATABASE [Shop]
 CONTAINMENT = NONE
 ON  PRIMARY ( NAME = N'Shop', FILENAME = N'C:\Shop.mdf' , SIZE = 8192KB )
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
	[LineID] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
	[OrderID] [int] NOT NULL,
	[Note] [nvarchar](max) COLLATE Korean_Wansung_CI_AS NULL,
	[Price] [decimal](18, 2) NOT NULL,
	[Qty] [smallint] NOT NULL,
	[Total]  AS ([Price]*[Qty]) PERSISTED,
	[Label]  AS (isnull([Note]+N' ',N'-')),
	[Guid] [uniqueidentifier] ROWGUIDCOL  NOT NULL,
	[Secret] [varchar](20) MASKED WITH (FUNCTION = 'default()') NULL,
	[Big] [bigint] SPARSE  NULL,
	[Contact] [dbo].[Phone],
	[Stamp] [timestamp] NOT NULL,
	[a]]b] [xml](CONTENT [dbo].[Coll]) NULL,
	[From] datetime2(7) GENERATED ALWAYS AS ROW START HIDDEN NOT NULL,
	[To] datetime2(7) GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
 CONSTRAINT [PK_Lines] PRIMARY KEY CLUSTERED
(
	[LineID] ASC,
	[OrderID] DESC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY],
 CONSTRAINT [UQ_Guid] UNIQUE NONCLUSTERED
(
	[Guid] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY],
	PERIOD FOR SYSTEM_TIME ([From], [To]),
	INDEX [ix_inline] NONCLUSTERED ([Price])
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
	[Customer] ASC
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
