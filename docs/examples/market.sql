-- A small chain of food markets: organisation, shops and stalls, members, goods, orders, refunds.
-- Written for Tunesmith's examples and tests; MySQL 8, comments in Chinese.

SET NAMES utf8mb4;

CREATE TABLE `sc_org` (
  `org_id` varchar(32) NOT NULL COMMENT '组织编号',
  `parent_id` varchar(32) DEFAULT NULL COMMENT '上级组织编号',
  `org_name` varchar(60) NOT NULL COMMENT '组织名称',
  `short_name` varchar(30) DEFAULT NULL COMMENT '组织简称',
  `org_type` int NOT NULL COMMENT '类别：1租户2大区3场所4楼层5区域',
  `org_level` int DEFAULT NULL COMMENT '层级',
  `manager_id` varchar(32) DEFAULT NULL COMMENT '负责人编号，关联职员表',
  `telephone` varchar(20) DEFAULT NULL COMMENT '联系电话',
  `province` varchar(30) DEFAULT NULL COMMENT '省份',
  `city` varchar(30) DEFAULT NULL COMMENT '城市',
  `address` varchar(200) DEFAULT NULL COMMENT '详细地址',
  `floor_area` decimal(10,2) DEFAULT NULL COMMENT '建筑面积（平方米）',
  `open_date` date DEFAULT NULL COMMENT '开业日期',
  `org_status` tinyint NOT NULL DEFAULT 1 COMMENT '组织状态：0停用1启用',
  `sort_no` int DEFAULT NULL COMMENT '排序号',
  `remark` varchar(200) DEFAULT NULL COMMENT '备注',
  `created_at` datetime NOT NULL COMMENT '创建时间',
  PRIMARY KEY (`org_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='组织结构表';

CREATE TABLE `sc_staff` (
  `staff_id` varchar(32) NOT NULL COMMENT '职员编号',
  `org_id` varchar(32) NOT NULL COMMENT '所属组织编号',
  `staff_name` varchar(40) NOT NULL COMMENT '职员姓名',
  `gender` tinyint DEFAULT NULL COMMENT '性别：1男2女',
  `mobile` varchar(20) DEFAULT NULL COMMENT '手机号',
  `job_type` int DEFAULT NULL COMMENT '岗位：1店长2收银员3理货员4保安',
  `monthly_salary` decimal(10,2) DEFAULT NULL COMMENT '月薪',
  `hire_date` date DEFAULT NULL COMMENT '入职日期',
  `leave_date` date DEFAULT NULL COMMENT '离职日期',
  `staff_status` tinyint NOT NULL DEFAULT 1 COMMENT '在职状态：1在职2离职',
  PRIMARY KEY (`staff_id`),
  CONSTRAINT `fk_staff_org` FOREIGN KEY (`org_id`) REFERENCES `sc_org` (`org_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='职员表';

CREATE TABLE `sc_shop` (
  `shop_id` bigint NOT NULL AUTO_INCREMENT COMMENT '店铺编号',
  `org_id` varchar(32) NOT NULL COMMENT '所属组织编号',
  `shop_name` varchar(60) NOT NULL COMMENT '店铺名称',
  `shop_type` int NOT NULL COMMENT '店铺类型：1农贸市场2社区超市3线上店',
  `owner_name` varchar(40) DEFAULT NULL COMMENT '店主姓名',
  `telephone` varchar(20) DEFAULT NULL COMMENT '店铺电话',
  `address` varchar(200) DEFAULT NULL COMMENT '店铺地址',
  `monthly_rent` decimal(10,2) DEFAULT NULL COMMENT '月租金',
  `rating` decimal(3,1) DEFAULT NULL COMMENT '评分',
  `open_time` time DEFAULT NULL COMMENT '开门时间',
  `close_time` time DEFAULT NULL COMMENT '关门时间',
  `open_date` date DEFAULT NULL COMMENT '开店日期',
  `shop_status` tinyint NOT NULL DEFAULT 1 COMMENT '营业状态：0歇业1营业2装修',
  `created_at` datetime NOT NULL COMMENT '创建时间',
  PRIMARY KEY (`shop_id`),
  CONSTRAINT `fk_shop_org` FOREIGN KEY (`org_id`) REFERENCES `sc_org` (`org_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='店铺表';

CREATE TABLE `sc_booth` (
  `booth_id` bigint NOT NULL AUTO_INCREMENT COMMENT '档口编号',
  `shop_id` bigint NOT NULL COMMENT '所属店铺编号',
  `booth_name` varchar(60) NOT NULL COMMENT '档口名称',
  `booth_type` int DEFAULT NULL COMMENT '档口类型：1蔬菜2水果3肉类4水产5熟食',
  `area` decimal(8,2) DEFAULT NULL COMMENT '档口面积（平方米）',
  `daily_fee` decimal(8,2) DEFAULT NULL COMMENT '每日管理费',
  `lease_start` date DEFAULT NULL COMMENT '租约开始日期',
  `lease_end` date DEFAULT NULL COMMENT '租约结束日期',
  `booth_status` tinyint NOT NULL DEFAULT 0 COMMENT '档口状态：0空置1出租',
  PRIMARY KEY (`booth_id`),
  CONSTRAINT `fk_booth_shop` FOREIGN KEY (`shop_id`) REFERENCES `sc_shop` (`shop_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='档口表';

CREATE TABLE `hf_customer` (
  `customer_id` bigint NOT NULL AUTO_INCREMENT COMMENT '会员编号',
  `customer_name` varchar(40) NOT NULL COMMENT '会员姓名',
  `gender` tinyint DEFAULT NULL COMMENT '性别：0未知1男2女',
  `mobile` varchar(20) NOT NULL COMMENT '手机号',
  `email` varchar(80) DEFAULT NULL COMMENT '邮箱',
  `birthday` date DEFAULT NULL COMMENT '生日',
  `city` varchar(30) DEFAULT NULL COMMENT '所在城市',
  `member_level` int NOT NULL DEFAULT 1 COMMENT '会员等级：1普通2银卡3金卡',
  `points` int NOT NULL DEFAULT 0 COMMENT '积分',
  `register_source` int DEFAULT NULL COMMENT '注册来源：1门店2小程序3公众号',
  `registered_at` datetime NOT NULL COMMENT '注册时间',
  `last_login_at` datetime DEFAULT NULL COMMENT '最近登录时间',
  PRIMARY KEY (`customer_id`),
  UNIQUE KEY `uk_mobile` (`mobile`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='会员表';

CREATE TABLE `hf_card` (
  `card_id` bigint NOT NULL AUTO_INCREMENT COMMENT '卡编号',
  `customer_id` bigint NOT NULL COMMENT '持卡会员编号',
  `card_no` varchar(32) NOT NULL COMMENT '卡号',
  `card_type` int NOT NULL COMMENT '卡类型：1储值卡2折扣卡3次卡',
  `balance` decimal(10,2) NOT NULL DEFAULT 0.00 COMMENT '余额',
  `total_recharge` decimal(12,2) NOT NULL DEFAULT 0.00 COMMENT '累计充值金额',
  `issued_at` datetime NOT NULL COMMENT '发卡时间',
  `expire_date` date DEFAULT NULL COMMENT '到期日期',
  `card_status` tinyint NOT NULL DEFAULT 1 COMMENT '卡状态：1正常2挂失3注销',
  PRIMARY KEY (`card_id`),
  CONSTRAINT `fk_card_customer` FOREIGN KEY (`customer_id`) REFERENCES `hf_customer` (`customer_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='会员卡表';

CREATE TABLE `hf_category` (
  `category_id` bigint NOT NULL AUTO_INCREMENT COMMENT '分类编号',
  `parent_id` bigint DEFAULT NULL COMMENT '上级分类编号',
  `category_name` varchar(40) NOT NULL COMMENT '分类名称',
  `category_level` int DEFAULT NULL COMMENT '分类级别：1一级2二级3三级',
  `icon` varchar(200) DEFAULT NULL COMMENT '图标',
  `goods_count` int NOT NULL DEFAULT 0 COMMENT '商品数量',
  `sort_no` int DEFAULT NULL COMMENT '排序号',
  `is_shown` tinyint(1) NOT NULL DEFAULT 1 COMMENT '是否显示：0否1是',
  PRIMARY KEY (`category_id`),
  CONSTRAINT `fk_category_parent` FOREIGN KEY (`parent_id`) REFERENCES `hf_category` (`category_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='商品分类表';

CREATE TABLE `hf_goods` (
  `goods_id` bigint NOT NULL AUTO_INCREMENT COMMENT '商品编号',
  `category_id` bigint NOT NULL COMMENT '分类编号',
  `booth_id` bigint NOT NULL COMMENT '供货档口编号',
  `goods_name` varchar(80) NOT NULL COMMENT '商品名称',
  `barcode` varchar(32) DEFAULT NULL COMMENT '条码',
  `unit` varchar(10) DEFAULT NULL COMMENT '计量单位',
  `sale_price` decimal(10,2) NOT NULL COMMENT '销售价',
  `cost_price` decimal(10,2) DEFAULT NULL COMMENT '成本价',
  `stock` int NOT NULL DEFAULT 0 COMMENT '库存数量',
  `sold_count` int NOT NULL DEFAULT 0 COMMENT '累计销量',
  `origin` varchar(60) DEFAULT NULL COMMENT '产地',
  `shelf_days` int DEFAULT NULL COMMENT '保质期天数',
  `goods_status` tinyint NOT NULL DEFAULT 1 COMMENT '商品状态：0下架1上架2售罄',
  `created_at` datetime NOT NULL COMMENT '创建时间',
  `updated_at` datetime DEFAULT NULL COMMENT '修改时间',
  PRIMARY KEY (`goods_id`),
  CONSTRAINT `fk_goods_category` FOREIGN KEY (`category_id`) REFERENCES `hf_category` (`category_id`),
  CONSTRAINT `fk_goods_booth` FOREIGN KEY (`booth_id`) REFERENCES `sc_booth` (`booth_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='商品表';

CREATE TABLE `hf_order_master` (
  `order_id` bigint NOT NULL AUTO_INCREMENT COMMENT '订单编号',
  `order_no` varchar(32) NOT NULL COMMENT '订单号',
  `out_trade_no` varchar(64) DEFAULT NULL COMMENT '第三方交易号',
  `order_type` int NOT NULL COMMENT '订单类型：1自提2配送3堂食',
  `customer_id` bigint NOT NULL COMMENT '会员编号',
  `shop_id` bigint NOT NULL COMMENT '店铺编号',
  `booth_id` bigint DEFAULT NULL COMMENT '档口编号',
  `cashier_id` varchar(32) DEFAULT NULL COMMENT '收银员编号，关联职员表',
  `pay_type` int DEFAULT NULL COMMENT '付款方式：1支付宝2微信3现金4会员卡',
  `order_status` int NOT NULL COMMENT '订单状态：0待付款1已付款2已发货3已完成4已取消',
  `goods_amount` decimal(12,2) NOT NULL COMMENT '商品金额',
  `discount_amount` decimal(12,2) NOT NULL DEFAULT 0.00 COMMENT '优惠金额',
  `freight` decimal(8,2) NOT NULL DEFAULT 0.00 COMMENT '运费',
  `pay_amount` decimal(12,2) NOT NULL COMMENT '实付金额',
  `points_used` int DEFAULT NULL COMMENT '使用积分',
  `receiver_name` varchar(40) DEFAULT NULL COMMENT '收货人',
  `receiver_mobile` varchar(20) DEFAULT NULL COMMENT '收货电话',
  `receiver_address` varchar(200) DEFAULT NULL COMMENT '收货地址',
  `customer_note` varchar(200) DEFAULT NULL COMMENT '买家留言',
  `order_time` datetime NOT NULL COMMENT '下单时间',
  `pay_time` datetime DEFAULT NULL COMMENT '付款时间',
  `finish_time` datetime DEFAULT NULL COMMENT '完成时间',
  `is_deleted` tinyint(1) NOT NULL DEFAULT 0 COMMENT '是否删除：0否1是',
  PRIMARY KEY (`order_id`),
  UNIQUE KEY `uk_order_no` (`order_no`),
  CONSTRAINT `fk_order_customer` FOREIGN KEY (`customer_id`) REFERENCES `hf_customer` (`customer_id`),
  CONSTRAINT `fk_order_shop` FOREIGN KEY (`shop_id`) REFERENCES `sc_shop` (`shop_id`),
  CONSTRAINT `fk_order_booth` FOREIGN KEY (`booth_id`) REFERENCES `sc_booth` (`booth_id`),
  CONSTRAINT `fk_order_cashier` FOREIGN KEY (`cashier_id`) REFERENCES `sc_staff` (`staff_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='订单主表';

CREATE TABLE `hf_order_detail` (
  `detail_id` bigint NOT NULL AUTO_INCREMENT COMMENT '明细编号',
  `order_id` bigint NOT NULL COMMENT '订单编号',
  `goods_id` bigint NOT NULL COMMENT '商品编号',
  `goods_name` varchar(80) DEFAULT NULL COMMENT '商品名称',
  `unit_price` decimal(10,2) NOT NULL COMMENT '成交单价',
  `quantity` decimal(10,3) NOT NULL COMMENT '购买数量',
  `line_amount` decimal(12,2) NOT NULL COMMENT '小计金额',
  `refund_quantity` decimal(10,3) DEFAULT NULL COMMENT '已退数量',
  `is_gift` tinyint(1) NOT NULL DEFAULT 0 COMMENT '是否赠品：0否1是',
  PRIMARY KEY (`detail_id`),
  CONSTRAINT `fk_detail_order` FOREIGN KEY (`order_id`) REFERENCES `hf_order_master` (`order_id`),
  CONSTRAINT `fk_detail_goods` FOREIGN KEY (`goods_id`) REFERENCES `hf_goods` (`goods_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='订单明细表';

CREATE TABLE `hf_order_refund` (
  `refund_id` bigint NOT NULL AUTO_INCREMENT COMMENT '退款编号',
  `refund_no` varchar(32) NOT NULL COMMENT '退款单号',
  `order_id` bigint NOT NULL COMMENT '订单编号',
  `refund_type` int NOT NULL COMMENT '退款类型：1仅退款2退货退款',
  `refund_status` int NOT NULL COMMENT '退款状态：0待审核1退款中2退款成功3退款失败',
  `refund_amount` decimal(12,2) NOT NULL COMMENT '退款金额',
  `refund_reason` varchar(200) DEFAULT NULL COMMENT '退款原因',
  `auditor_id` varchar(32) DEFAULT NULL COMMENT '审核人编号，关联职员表',
  `applied_at` datetime NOT NULL COMMENT '申请时间',
  `audited_at` datetime DEFAULT NULL COMMENT '审核时间',
  `refunded_at` datetime DEFAULT NULL COMMENT '到账时间',
  PRIMARY KEY (`refund_id`),
  CONSTRAINT `fk_refund_order` FOREIGN KEY (`order_id`) REFERENCES `hf_order_master` (`order_id`),
  CONSTRAINT `fk_refund_auditor` FOREIGN KEY (`auditor_id`) REFERENCES `sc_staff` (`staff_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='订单退款表';
