-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;

--
-- Table structure for table `order_items`
--

DROP TABLE IF EXISTS `order_items`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `order_items` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT COMMENT '明细ID; 不是"订单"ID',
  `order_id` int NOT NULL,
  `sku` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'it''s a sku, with \'quotes\' and (parens',
  `qty` smallint unsigned NOT NULL DEFAULT '1',
  `price` decimal(10,2) DEFAULT NULL,
  `line_total` decimal(12,2) GENERATED ALWAYS AS ((`price` * `qty`)) STORED,
  `state` enum('new','paid;now','it''s, done') NOT NULL DEFAULT 'new',
  `flags` set('a','b') DEFAULT NULL,
  `doc` json DEFAULT NULL,
  `ts` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  `hidden` int DEFAULT '0' /*!80023 INVISIBLE */,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uk_order_sku` (`order_id`,`sku`(20)),
  KEY `idx_ts` (`ts` DESC),
  KEY `idx_fn` ((lower(`sku`))),
  FULLTEXT KEY `ft` (`sku`) /*!50100 WITH PARSER `ngram` */ ,
  CONSTRAINT `fk_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT `chk` CHECK (((`qty` > 0) and (`price` >= 0)))
) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='订单明细（; 含单价）'
/*!50100 PARTITION BY RANGE (`order_id`)
(PARTITION p0 VALUES LESS THAN (10) COMMENT = 'not the table''s' ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */;
/*!40101 SET character_set_client = @saved_cs_client */;

LOCK TABLES `order_items` WRITE;
/*!40000 ALTER TABLE `order_items` DISABLE KEYS */;
INSERT INTO `order_items` VALUES (1,1,'a;b\'); CREATE TABLE fake (x int);',1,NULL,NULL,'new',NULL,NULL,'2024-01-01',0),(2,2,'x',1,1.5,NULL,'new',NULL,'{"a": "b"}','2024-01-01',0);
/*!40000 ALTER TABLE `order_items` ENABLE KEYS */;
UNLOCK TABLES;

CREATE TABLE `orders` (
  `id` int NOT NULL,
  `note` text,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;

/*!50001 DROP VIEW IF EXISTS `v_orders`*/;
/*!50001 CREATE VIEW `v_orders` AS SELECT
 1 AS `id`,
 1 AS `n`*/;

/*!50003 SET sql_mode = 'NO_ENGINE_SUBSTITUTION' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `t_ai` AFTER INSERT ON `orders` FOR EACH ROW BEGIN
  IF NEW.id > 1 THEN INSERT INTO log VALUES ('x;'); END IF;
  CREATE TEMPORARY TABLE tmp (a int);
END */;;
DELIMITER ;

DELIMITER $$
CREATE DEFINER=`root`@`%` PROCEDURE `p`() BEGIN SELECT 1; SELECT 'a$b'; END$$
DELIMITER ;

/*!50001 DROP VIEW IF EXISTS `v_orders`*/;
/*!50001 SET @saved_cs_results = @@character_set_results */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v_orders` AS select `o`.`id` AS `id`,count(`i`.`id`) AS `n` from (`orders` `o` left join `order_items` `i` on((`i`.`order_id` = `o`.`id`))) group by `o`.`id` */;
-- Dump completed on 2024-05-05 12:00:00
