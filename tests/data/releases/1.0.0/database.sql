BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('e5c1a9d07b36');
CREATE TABLE auditrow (
	link_id VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	team VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	detail TEXT NOT NULL, 
	digest VARCHAR NOT NULL, 
	CONSTRAINT pk_auditrow PRIMARY KEY (link_id, number)
);
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',1,'2026-11-29 11:44:37.148825','U0SAM','T0WINTRO','staff','started','{"status":"active","step":"welcome"}','c6f1b7e9d3c448af23bc47e4296441bf3c897a46be0fc59e77bf20725f1623ee');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',2,'2026-11-29 11:44:37.285179','','','app','personknown','{"status":"active","step":"welcome"}','470e048967c26571416f0782d3f58f1c53e458b43f1065a0b49b1f34fc391816');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',3,'2026-11-29 11:44:37.289728','','','app','personknown','{"status":"active","step":"welcome"}','800e95a53ec656240be53e32a53d6ee90f69b4b92f9b6ba36196911d0d8e94ff');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',4,'2026-11-29 11:44:37.301699','U0ADA','T0ACME','admin','pressed.start','{"status":"active","step":"service_url"}','8cbd30e21919bb1da9b38100b7a24bfb2f9ff72217a35c33f00435abb8025bbd');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',5,'2026-11-29 11:44:37.320219','U0ADA','T0ACME','admin','sent.service_url','{"status":"active","step":"service_url"}','8926b042bf808f3dd3017a9d6a972896c9d3f16c27dbd88f7253e0f29028c102');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',6,'2026-11-29 11:44:37.357472','','','app','checkfinished','{"status":"active","step":"isu"}','0fc7e9b576a4cade71071176a7bf89a8ab862f9b17d08588c3521823af12f24a');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',7,'2026-11-29 11:44:37.381280','U0ADA','T0ACME','admin','sent.isu','{"status":"active","step":"isu"}','f19b2a1ea614ed72f1d196c4679ace9a0082cf318ab91458d3d626fc78cf1699');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',8,'2026-11-29 11:44:37.405124','','','app','checkfinished','{"status":"active","step":"expiry"}','13eef103a62387a4b22d3c8923a48315eaf465f9e2439c7d9300e7e48991b357');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',9,'2026-11-29 11:44:37.421625','U0ADA','T0ACME','admin','pressed.exempt','{"status":"active","step":"group"}','083510800fc16615fe0a6da9379e38e1aedf7e6debe9d14289bf4db16fa71a39');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',10,'2026-11-29 11:44:37.437634','U0ADA','T0ACME','admin','pressed.done','{"status":"active","step":"permissions"}','31eb11eb4933f608721c882d7b149d7a7603375dfa00bf883cf6e1d7b947c6a9');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',11,'2026-11-29 11:44:37.452815','U0ADA','T0ACME','admin','pressed.done','{"status":"active","step":"activation"}','02b97d3932d3ddce3fa5db1040f964162a7b4a85a5d2b7c50d891454975755ea');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',12,'2026-11-29 11:44:37.467562','U0ADA','T0ACME','admin','pressed.check','{"status":"active","step":"activation"}','8efae0d88af299469c7c74fe6b0798139af636f3102c7b2016141eed3898a67c');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',13,'2026-11-29 11:44:37.505714','','','app','checkfinished','{"status":"linked","step":"linked"}','901f8a64056638197012d0b2ad89f2d7efd7719444bf5cfaa79b6b2db17e0a8b');
INSERT INTO "auditrow" VALUES('dfa791239241',1,'2026-11-29 11:44:37.537949','U0SAM','T0WINTRO','staff','started','{"status":"active","step":"welcome"}','52c3a0f4e203f7a352c777fe65431378da35215f6eb42db93be1b12ea3a3de98');
INSERT INTO "auditrow" VALUES('dfa791239241',2,'2026-11-29 11:44:37.546294','','','app','personknown','{"status":"active","step":"welcome"}','3819a5bfc5fa62ca256f726221a9ac26aaa5aa8c4800b2cb20261a398fd5da8c');
INSERT INTO "auditrow" VALUES('dfa791239241',3,'2026-11-29 11:44:37.549286','','','app','personknown','{"status":"active","step":"welcome"}','fb2c464b87ed0956e5cb15d25d2b5a0957b896013afd51470689a0e23b1cb189');
INSERT INTO "auditrow" VALUES('dfa791239241',4,'2026-11-29 11:44:37.566197','U0GIL','T0GLOBEX','admin','pressed.start','{"status":"active","step":"service_url"}','d1283c26aace756395cecd464fc016ff36bad965a22d574f75fdece042de0e91');
INSERT INTO "auditrow" VALUES('dfa791239241',5,'2026-11-29 11:44:37.584845','U0GIL','T0GLOBEX','admin','sent.service_url','{"status":"active","step":"service_url"}','0a15d9b408969c2280fe556934f15eda071ea47936d893a8b76e7f2e6f376c5f');
INSERT INTO "auditrow" VALUES('dfa791239241',6,'2026-11-29 11:44:37.599127','','','app','checkfinished','{"status":"active","step":"isu"}','01a9de15c7a538628d654db9769271bcfda4a0ceb5f12920c6e0e186f733f93a');
INSERT INTO "auditrow" VALUES('dfa791239241',7,'2026-11-29 11:44:37.620386','U0GIL','T0GLOBEX','admin','sent.isu','{"status":"active","step":"isu"}','cd280246d93eb14638915182dbdd478b74119a6c2e7162a90f316e8baeb3a55a');
INSERT INTO "auditrow" VALUES('dfa791239241',8,'2026-11-29 11:44:37.643828','','','app','checkfinished','{"status":"active","step":"isu"}','4a5ae79acb5e1dafd28c7112aec208981f54555bb99c269a523eab81076c679f');
INSERT INTO "auditrow" VALUES('2f73c9620ef2',1,'2026-11-29 11:44:37.667666','U0SAM','T0WINTRO','staff','started','{"status":"active","step":"welcome"}','75604ed9fa80d2bf1ad51f2cc83481196c300da55adb549559be455b944cd9a4');
INSERT INTO "auditrow" VALUES('2f73c9620ef2',2,'2026-11-29 11:44:37.677370','','','app','personknown','{"status":"active","step":"welcome"}','fdbd9f4234216f489f5cdc986c7dfac2c70e34d253a800dc1ed766d0e847530b');
INSERT INTO "auditrow" VALUES('2f73c9620ef2',3,'2026-11-29 11:44:37.680196','','','app','personknown','{"status":"active","step":"welcome"}','2b7eaff6f3f528f432f76d38c3ddb2656083c9db11f53b9c3641239ff30b4beb');
INSERT INTO "auditrow" VALUES('2f73c9620ef2',4,'2026-11-29 11:44:37.695289','U0NIA','T0NIMBUS','admin','pressed.start','{"status":"active","step":"service_url"}','a92516b64f6f6b457200e13d0d639c2c3b9b0e908e43601881bc35540c50604b');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',14,'2026-11-30 05:44:37.726905','','','app','woke','{"status":"linked","step":"linked"}','9488c2fb944ac7eb1c31ee321cff33da11ddd312e888ab3bc8621cdfca3a286e');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',15,'2026-11-30 05:44:37.766807','','','app','checkfinished','{"status":"linked","step":"linked"}','07cb2629c13625b2a3b885c307e067fe7a702d808b99cda67c8648e98b7f97ae');
INSERT INTO "auditrow" VALUES('2f73c9620ef2',5,'2026-11-30 17:44:37.796964','','','app','woke','{"status":"active","step":"service_url"}','829e6a4b82cfa058048e2e7cdfc47e43e99a46f8507da5f70d9bfbccf5ec33fd');
INSERT INTO "auditrow" VALUES('dfa791239241',9,'2026-11-30 17:44:37.796964','','','app','woke','{"status":"active","step":"isu"}','232f2a70c34775f363d7a35f751f2f007d47b75056ee11203770cf2000533c85');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',16,'2026-12-01 05:44:37.826301','','','app','woke','{"status":"linked","step":"linked"}','08da3665488a0e0fb4e36439b225dd7139f4bcd7afffcee79c49de3ef15c511b');
INSERT INTO "auditrow" VALUES('12f43c7c5ff0',17,'2026-12-01 05:44:37.864245','','','app','checkfinished','{"status":"linked","step":"linked"}','64a2bfd2a5493c0449e3d6a14a0b84c1ff1c972d4ecc866bf6dbf39368162545');
INSERT INTO "auditrow" VALUES('3427e654b0d9',1,'2026-12-01 11:44:37.893835','U0SAM','T0WINTRO','staff','started','{"status":"active","step":"welcome"}','d76f804ac405e7cfd681ac0f8affc1541637bb8479609b9b9c449eb71bda70cc');
CREATE TABLE digestrow (
	who VARCHAR NOT NULL, 
	zone VARCHAR NOT NULL, 
	due_at DATETIME NOT NULL, 
	CONSTRAINT pk_digestrow PRIMARY KEY (who)
);
INSERT INTO "digestrow" VALUES('U0SAM','Europe/Berlin','2026-12-02 08:00:00.000000');
CREATE TABLE errandrow (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id VARCHAR NOT NULL, 
	link_id VARCHAR NOT NULL, 
	lane VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	slot VARCHAR, 
	payload TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	run_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	first_try_at DATETIME, 
	tries INTEGER NOT NULL, 
	fence INTEGER NOT NULL, 
	channel_id VARCHAR, 
	slack_ts VARCHAR, 
	error VARCHAR, 
	settled_at DATETIME, 
	audited_at DATETIME, doubtful BOOLEAN DEFAULT 0 NOT NULL, origin VARCHAR, 
	CONSTRAINT fk_errandrow_link_id_linkrow FOREIGN KEY(link_id) REFERENCES linkrow (id), 
	CONSTRAINT uq_errandrow_id UNIQUE (id)
);
INSERT INTO "errandrow" VALUES(1,'d9ffeca6-29b5-4318-92a6-12dd5176009c','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.155727','2026-11-29 11:44:37.148825','2026-11-29 11:44:37.155727',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.163382',NULL,0,'00-f0175a2df31658103d5d78db7493e952-f67fee00ea626aed-00');
INSERT INTO "errandrow" VALUES(2,'1f7cd0d0-c1a5-4008-8049-27a8312ed1cc','12f43c7c5ff0','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0SAM"}}','sent','2026-11-29 11:45:37.163382','2026-11-29 11:44:37.148825','2026-11-29 11:44:37.163382',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.285179',NULL,0,'00-f0175a2df31658103d5d78db7493e952-f67fee00ea626aed-00');
INSERT INTO "errandrow" VALUES(3,'02ea1e09-5f8c-43c1-b8c0-13b7909fc9fd','12f43c7c5ff0','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0ADA"}}','sent','2026-11-29 11:45:37.285179','2026-11-29 11:44:37.148825','2026-11-29 11:44:37.285179',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.289728',NULL,0,'00-f0175a2df31658103d5d78db7493e952-f67fee00ea626aed-00');
INSERT INTO "errandrow" VALUES(4,'366f94c5-2664-4a81-82bc-ef87498bf83f','12f43c7c5ff0','slack','Show','card.0','{"schema":1,"value":{"slot":"card.0"}}','sent','2026-11-29 11:45:37.289728','2026-11-29 11:44:37.148825','2026-11-29 11:44:37.289728',1,1,'C0ACME','1795952677.294371',NULL,'2026-11-29 11:44:37.295076',NULL,0,'00-f0175a2df31658103d5d78db7493e952-f67fee00ea626aed-00');
INSERT INTO "errandrow" VALUES(5,'b36f93a3-2297-4cd0-91d3-597a693a2914','12f43c7c5ff0','slack','Show','card.0','{"schema":1,"value":{"slot":"card.0"}}','sent','2026-11-29 11:45:37.304351','2026-11-29 11:44:37.301699','2026-11-29 11:44:37.304351',1,1,'C0ACME','1795952677.294371',NULL,'2026-11-29 11:44:37.307078',NULL,0,'00-c729fba37a7eff80c4ae59da16daa36a-7142134e343a5e43-00');
INSERT INTO "errandrow" VALUES(6,'878ebca9-9bd0-4b49-afc2-c41542829bd5','12f43c7c5ff0','slack','Show','card.1','{"schema":1,"value":{"slot":"card.1"}}','sent','2026-11-29 11:45:37.307078','2026-11-29 11:44:37.301699','2026-11-29 11:44:37.307078',1,1,'C0ACME','1795952677.309818',NULL,'2026-11-29 11:44:37.310318',NULL,0,'00-c729fba37a7eff80c4ae59da16daa36a-7142134e343a5e43-00');
INSERT INTO "errandrow" VALUES(7,'e1d30d5a-a791-49d6-a850-701dae425585','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.310318','2026-11-29 11:44:37.301699','2026-11-29 11:44:37.310318',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.313920',NULL,0,'00-c729fba37a7eff80c4ae59da16daa36a-7142134e343a5e43-00');
INSERT INTO "errandrow" VALUES(8,'8a390dc4-e145-4fcf-b31d-716ddb2718dd','12f43c7c5ff0','slack','Show','card.1','{"schema":1,"value":{"slot":"card.1"}}','sent','2026-11-29 11:45:37.325749','2026-11-29 11:44:37.320219','2026-11-29 11:44:37.325749',1,1,'C0ACME','1795952677.309818',NULL,'2026-11-29 11:44:37.329937',NULL,0,'00-aecbaba6ffd4cb51f4ab75834595ed5f-49ee4fd984abdaf5-00');
INSERT INTO "errandrow" VALUES(9,'83954c61-493c-400b-accc-5daf2665bdc8','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.329937','2026-11-29 11:44:37.320219','2026-11-29 11:44:37.329937',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.351196',NULL,0,'00-aecbaba6ffd4cb51f4ab75834595ed5f-49ee4fd984abdaf5-00');
INSERT INTO "errandrow" VALUES(10,'9a8ebaea-ef57-430f-9ad3-5c68aadd21c4','12f43c7c5ff0','workday','RunCheck',NULL,'{"schema":1,"value":{"check_id":"12f43c7c5ff0.3"}}','sent','2026-11-29 11:48:07.328029','2026-11-29 11:44:37.320219','2026-11-29 11:44:37.325749',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.357472',NULL,0,'00-aecbaba6ffd4cb51f4ab75834595ed5f-49ee4fd984abdaf5-00');
INSERT INTO "errandrow" VALUES(11,'bb859e6b-1c6d-4d17-9748-014fc652bf21','12f43c7c5ff0','slack','Show','card.1','{"schema":1,"value":{"slot":"card.1"}}','sent','2026-11-29 11:45:37.364208','2026-11-29 11:44:37.357472','2026-11-29 11:44:37.364208',1,1,'C0ACME','1795952677.309818',NULL,'2026-11-29 11:44:37.367307',NULL,0,'00-aecbaba6ffd4cb51f4ab75834595ed5f-49ee4fd984abdaf5-00');
INSERT INTO "errandrow" VALUES(12,'4df637e2-d50f-4605-8e98-7ed19097d781','12f43c7c5ff0','slack','Show','card.2','{"schema":1,"value":{"slot":"card.2"}}','sent','2026-11-29 11:45:37.367307','2026-11-29 11:44:37.357472','2026-11-29 11:44:37.367307',1,1,'C0ACME','1795952677.370497',NULL,'2026-11-29 11:44:37.371100',NULL,0,'00-aecbaba6ffd4cb51f4ab75834595ed5f-49ee4fd984abdaf5-00');
INSERT INTO "errandrow" VALUES(13,'e2897fd5-5d8d-427c-a1b5-e51e3403a6e2','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.371100','2026-11-29 11:44:37.357472','2026-11-29 11:44:37.371100',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.376638',NULL,0,'00-aecbaba6ffd4cb51f4ab75834595ed5f-49ee4fd984abdaf5-00');
INSERT INTO "errandrow" VALUES(14,'50125f80-4d63-420e-b1f1-20c97842003e','12f43c7c5ff0','slack','Show','card.2','{"schema":1,"value":{"slot":"card.2"}}','sent','2026-11-29 11:45:37.386372','2026-11-29 11:44:37.381280','2026-11-29 11:44:37.386372',1,1,'C0ACME','1795952677.370497',NULL,'2026-11-29 11:44:37.390041',NULL,0,'00-bba1cbccd1ed57c6fffd53f3d37914b1-5183939c39b3a47d-00');
INSERT INTO "errandrow" VALUES(15,'eb788065-e05f-489d-a8d4-c76bf9d66440','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.390041','2026-11-29 11:44:37.381280','2026-11-29 11:44:37.390041',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.396666',NULL,0,'00-bba1cbccd1ed57c6fffd53f3d37914b1-5183939c39b3a47d-00');
INSERT INTO "errandrow" VALUES(16,'04ea2262-0e5f-4159-a819-f947f22e6386','12f43c7c5ff0','workday','RunCheck',NULL,'{"schema":1,"value":{"check_id":"12f43c7c5ff0.5"}}','sent','2026-11-29 11:48:07.388467','2026-11-29 11:44:37.381280','2026-11-29 11:44:37.386372',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.405124',NULL,0,'00-bba1cbccd1ed57c6fffd53f3d37914b1-5183939c39b3a47d-00');
INSERT INTO "errandrow" VALUES(17,'4d5ac764-4e81-4f7e-b789-239a4558fe2a','12f43c7c5ff0','slack','Show','card.2','{"schema":1,"value":{"slot":"card.2"}}','sent','2026-11-29 11:45:37.409079','2026-11-29 11:44:37.405124','2026-11-29 11:44:37.409079',1,1,'C0ACME','1795952677.370497',NULL,'2026-11-29 11:44:37.411473',NULL,0,'00-bba1cbccd1ed57c6fffd53f3d37914b1-5183939c39b3a47d-00');
INSERT INTO "errandrow" VALUES(18,'2c4ec312-fecf-4dc9-9e5a-9e9f0ce24678','12f43c7c5ff0','slack','Show','card.3','{"schema":1,"value":{"slot":"card.3"}}','sent','2026-11-29 11:45:37.411473','2026-11-29 11:44:37.405124','2026-11-29 11:44:37.411473',1,1,'C0ACME','1795952677.415027',NULL,'2026-11-29 11:44:37.415636',NULL,0,'00-bba1cbccd1ed57c6fffd53f3d37914b1-5183939c39b3a47d-00');
INSERT INTO "errandrow" VALUES(19,'8855557b-a0a9-4c22-9539-275685dab5e2','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.415636','2026-11-29 11:44:37.405124','2026-11-29 11:44:37.415636',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.419290',NULL,0,'00-bba1cbccd1ed57c6fffd53f3d37914b1-5183939c39b3a47d-00');
INSERT INTO "errandrow" VALUES(20,'0019955b-da9c-470d-a678-6a81691d0c9d','12f43c7c5ff0','slack','Show','card.3','{"schema":1,"value":{"slot":"card.3"}}','sent','2026-11-29 11:45:37.424961','2026-11-29 11:44:37.421625','2026-11-29 11:44:37.424961',1,1,'C0ACME','1795952677.415027',NULL,'2026-11-29 11:44:37.427557',NULL,0,'00-305ee48329cd36bc8b363b30cc7e31f7-eecb13ba329b18b1-00');
INSERT INTO "errandrow" VALUES(21,'6e78f3b8-8631-4e25-b048-c4ed1c158d27','12f43c7c5ff0','slack','Show','card.4','{"schema":1,"value":{"slot":"card.4"}}','sent','2026-11-29 11:45:37.427557','2026-11-29 11:44:37.421625','2026-11-29 11:44:37.427557',1,1,'C0ACME','1795952677.430395',NULL,'2026-11-29 11:44:37.431005',NULL,0,'00-305ee48329cd36bc8b363b30cc7e31f7-eecb13ba329b18b1-00');
INSERT INTO "errandrow" VALUES(22,'a60199b7-e6a3-4814-83a7-c7109e8b3d79','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.431005','2026-11-29 11:44:37.421625','2026-11-29 11:44:37.431005',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.434606',NULL,0,'00-305ee48329cd36bc8b363b30cc7e31f7-eecb13ba329b18b1-00');
INSERT INTO "errandrow" VALUES(23,'4d13de87-175d-4a20-b35e-b2ca99714df9','12f43c7c5ff0','slack','Show','card.4','{"schema":1,"value":{"slot":"card.4"}}','sent','2026-11-29 11:45:37.439976','2026-11-29 11:44:37.437634','2026-11-29 11:44:37.439976',1,1,'C0ACME','1795952677.430395',NULL,'2026-11-29 11:44:37.442373',NULL,0,'00-96da3b97c38367d81ab51ed8d6b20150-04ad6979897b7c13-00');
INSERT INTO "errandrow" VALUES(24,'661ef320-5836-417e-a641-14c6d9d4f989','12f43c7c5ff0','slack','Show','card.5','{"schema":1,"value":{"slot":"card.5"}}','sent','2026-11-29 11:45:37.442373','2026-11-29 11:44:37.437634','2026-11-29 11:44:37.442373',1,1,'C0ACME','1795952677.445789',NULL,'2026-11-29 11:44:37.446446',NULL,0,'00-96da3b97c38367d81ab51ed8d6b20150-04ad6979897b7c13-00');
INSERT INTO "errandrow" VALUES(25,'f6372a41-c805-4d48-afb3-d9e06c6160cf','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.446446','2026-11-29 11:44:37.437634','2026-11-29 11:44:37.446446',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.449795',NULL,0,'00-96da3b97c38367d81ab51ed8d6b20150-04ad6979897b7c13-00');
INSERT INTO "errandrow" VALUES(26,'c1d1aecb-e13a-4d29-84c2-3179fa755c80','12f43c7c5ff0','slack','Show','card.5','{"schema":1,"value":{"slot":"card.5"}}','sent','2026-11-29 11:45:37.455321','2026-11-29 11:44:37.452815','2026-11-29 11:44:37.455321',1,1,'C0ACME','1795952677.445789',NULL,'2026-11-29 11:44:37.457657',NULL,0,'00-fbec1ef3cc0b13b1efab9d1f08026bfb-ac01147935cf24de-00');
INSERT INTO "errandrow" VALUES(27,'8499c64b-05d5-42d9-be6c-3fda8d31e5d1','12f43c7c5ff0','slack','Show','card.6','{"schema":1,"value":{"slot":"card.6"}}','sent','2026-11-29 11:45:37.457657','2026-11-29 11:44:37.452815','2026-11-29 11:44:37.457657',1,1,'C0ACME','1795952677.460294',NULL,'2026-11-29 11:44:37.460804',NULL,0,'00-fbec1ef3cc0b13b1efab9d1f08026bfb-ac01147935cf24de-00');
INSERT INTO "errandrow" VALUES(28,'df191b6c-4a37-4bb3-aab2-a35b3c0bc75e','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.460804','2026-11-29 11:44:37.452815','2026-11-29 11:44:37.460804',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.464312',NULL,0,'00-fbec1ef3cc0b13b1efab9d1f08026bfb-ac01147935cf24de-00');
INSERT INTO "errandrow" VALUES(29,'a759d36a-6a05-4575-937e-a5274182c3a3','12f43c7c5ff0','slack','Show','card.6','{"schema":1,"value":{"slot":"card.6"}}','sent','2026-11-29 11:45:37.470002','2026-11-29 11:44:37.467562','2026-11-29 11:44:37.470002',1,1,'C0ACME','1795952677.460294',NULL,'2026-11-29 11:44:37.473646',NULL,0,'00-5a8b0883cf409597f1af772dd0457588-3bb9069e45874ba4-00');
INSERT INTO "errandrow" VALUES(30,'fef72f41-8241-49b3-807a-12d428cba84c','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.473646','2026-11-29 11:44:37.467562','2026-11-29 11:44:37.473646',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.481901',NULL,0,'00-5a8b0883cf409597f1af772dd0457588-3bb9069e45874ba4-00');
INSERT INTO "errandrow" VALUES(31,'e59de88d-fbb6-41f9-b212-a915ae373043','12f43c7c5ff0','workday','RunCheck',NULL,'{"schema":1,"value":{"check_id":"12f43c7c5ff0.10"}}','sent','2026-11-29 11:48:07.472060','2026-11-29 11:44:37.467562','2026-11-29 11:44:37.470002',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.505714',NULL,0,'00-5a8b0883cf409597f1af772dd0457588-3bb9069e45874ba4-00');
INSERT INTO "errandrow" VALUES(32,'da12f394-64ee-4b55-99cc-840d71dd0956','12f43c7c5ff0','slack','Show','card.6','{"schema":1,"value":{"slot":"card.6"}}','sent','2026-11-29 11:45:37.512446','2026-11-29 11:44:37.505714','2026-11-29 11:44:37.512446',1,1,'C0ACME','1795952677.460294',NULL,'2026-11-29 11:44:37.516493',NULL,0,'00-5a8b0883cf409597f1af772dd0457588-3bb9069e45874ba4-00');
INSERT INTO "errandrow" VALUES(33,'71d55960-3351-44e6-ae28-910dfb99c86b','12f43c7c5ff0','slack','Show','card.7','{"schema":1,"value":{"slot":"card.7"}}','sent','2026-11-29 11:45:37.516493','2026-11-29 11:44:37.505714','2026-11-29 11:44:37.516493',1,1,'C0ACME','1795952677.522324',NULL,'2026-11-29 11:44:37.523198',NULL,0,'00-5a8b0883cf409597f1af772dd0457588-3bb9069e45874ba4-00');
INSERT INTO "errandrow" VALUES(34,'57a3ae6d-fe78-47b0-923a-a6e5f8d9a8d7','12f43c7c5ff0','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.523198','2026-11-29 11:44:37.505714','2026-11-29 11:44:37.523198',1,1,'C0ACME','1795952677.162358',NULL,'2026-11-29 11:44:37.532247',NULL,0,'00-5a8b0883cf409597f1af772dd0457588-3bb9069e45874ba4-00');
INSERT INTO "errandrow" VALUES(35,'9cc9ad07-0295-47f2-aee8-f1c2692b2e71','12f43c7c5ff0','staff','TellStaff',NULL,'{"schema":1,"value":{"key":"staff.linked","names":{},"to":""}}','sent','2026-11-29 11:45:37.512446','2026-11-29 11:44:37.505714','2026-11-29 11:44:37.512446',1,1,'D0SAM','1795952677.527757',NULL,'2026-11-29 11:44:37.529293',NULL,0,'00-5a8b0883cf409597f1af772dd0457588-3bb9069e45874ba4-00');
INSERT INTO "errandrow" VALUES(36,'8bbb78cd-b692-4f28-8b1d-291dae26e265','dfa791239241','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.540237','2026-11-29 11:44:37.537949','2026-11-29 11:44:37.540237',1,1,'C0GLOBEX1','1795952677.542757',NULL,'2026-11-29 11:44:37.543392',NULL,0,'00-0e7d9c8aa5fe718ad331a780d478b388-7582ff2e12ea4532-00');
INSERT INTO "errandrow" VALUES(37,'735f96f0-713c-4ff4-8bae-fb12233624c6','dfa791239241','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0SAM"}}','sent','2026-11-29 11:45:37.543392','2026-11-29 11:44:37.537949','2026-11-29 11:44:37.543392',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.546294',NULL,0,'00-0e7d9c8aa5fe718ad331a780d478b388-7582ff2e12ea4532-00');
INSERT INTO "errandrow" VALUES(38,'56fd61c9-645d-4d18-97c1-ae96a42a60f9','dfa791239241','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0GIL"}}','sent','2026-11-29 11:45:37.546294','2026-11-29 11:44:37.537949','2026-11-29 11:44:37.546294',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.549286',NULL,0,'00-0e7d9c8aa5fe718ad331a780d478b388-7582ff2e12ea4532-00');
INSERT INTO "errandrow" VALUES(39,'71af63a8-3fbd-46cc-a14c-c1e8e86014e9','dfa791239241','slack','Show','card.0','{"schema":1,"value":{"slot":"card.0"}}','sent','2026-11-29 11:45:37.549286','2026-11-29 11:44:37.537949','2026-11-29 11:44:37.549286',1,1,'C0GLOBEX1','1795952677.553131',NULL,'2026-11-29 11:44:37.553748',NULL,0,'00-0e7d9c8aa5fe718ad331a780d478b388-7582ff2e12ea4532-00');
INSERT INTO "errandrow" VALUES(40,'663bdd03-e400-4ede-9aa6-8ee97710cac1','dfa791239241','slack','Show','card.0','{"schema":1,"value":{"slot":"card.0"}}','sent','2026-11-29 11:45:37.569337','2026-11-29 11:44:37.566197','2026-11-29 11:44:37.569337',1,1,'C0GLOBEX1','1795952677.553131',NULL,'2026-11-29 11:44:37.572076',NULL,0,'00-662e72b57b404337f0dc307b61602030-afbe5e84a8f597de-00');
INSERT INTO "errandrow" VALUES(41,'3ad0ecea-fbff-4f4c-ae05-88bf66e869c5','dfa791239241','slack','Show','card.1','{"schema":1,"value":{"slot":"card.1"}}','sent','2026-11-29 11:45:37.572076','2026-11-29 11:44:37.566197','2026-11-29 11:44:37.572076',1,1,'C0GLOBEX1','1795952677.575160',NULL,'2026-11-29 11:44:37.575677',NULL,0,'00-662e72b57b404337f0dc307b61602030-afbe5e84a8f597de-00');
INSERT INTO "errandrow" VALUES(42,'35901f80-feb8-451c-91ef-ae4c0eed4726','dfa791239241','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.575677','2026-11-29 11:44:37.566197','2026-11-29 11:44:37.575677',1,1,'C0GLOBEX1','1795952677.542757',NULL,'2026-11-29 11:44:37.579126',NULL,0,'00-662e72b57b404337f0dc307b61602030-afbe5e84a8f597de-00');
INSERT INTO "errandrow" VALUES(43,'a8833f01-3f18-4e0c-b23d-79e3b89282e7','dfa791239241','slack','Show','card.1','{"schema":1,"value":{"slot":"card.1"}}','sent','2026-11-29 11:45:37.589025','2026-11-29 11:44:37.584845','2026-11-29 11:44:37.589025',1,1,'C0GLOBEX1','1795952677.575160',NULL,'2026-11-29 11:44:37.592824',NULL,0,'00-335a176367ef3d9c12ab2bda13db8831-7eed3df59ced6414-00');
INSERT INTO "errandrow" VALUES(44,'0228afce-b89c-47ac-a454-c79d07813811','dfa791239241','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.592824','2026-11-29 11:44:37.584845','2026-11-29 11:44:37.592824',1,1,'C0GLOBEX1','1795952677.542757',NULL,'2026-11-29 11:44:37.601064',NULL,0,'00-335a176367ef3d9c12ab2bda13db8831-7eed3df59ced6414-00');
INSERT INTO "errandrow" VALUES(45,'0d5cf0e2-f783-422c-a905-82396f3a5964','dfa791239241','workday','RunCheck',NULL,'{"schema":1,"value":{"check_id":"dfa791239241.3"}}','sent','2026-11-29 11:48:07.591228','2026-11-29 11:44:37.584845','2026-11-29 11:44:37.589025',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.599127',NULL,0,'00-335a176367ef3d9c12ab2bda13db8831-7eed3df59ced6414-00');
INSERT INTO "errandrow" VALUES(46,'7df17a5c-d064-4462-b38f-72788f711ba5','dfa791239241','slack','Show','card.1','{"schema":1,"value":{"slot":"card.1"}}','sent','2026-11-29 11:45:37.601064','2026-11-29 11:44:37.599127','2026-11-29 11:44:37.601064',1,1,'C0GLOBEX1','1795952677.575160',NULL,'2026-11-29 11:44:37.607645',NULL,0,'00-335a176367ef3d9c12ab2bda13db8831-7eed3df59ced6414-00');
INSERT INTO "errandrow" VALUES(47,'51343d58-7282-49cd-ad09-7673e86a7381','dfa791239241','slack','Show','card.2','{"schema":1,"value":{"slot":"card.2"}}','sent','2026-11-29 11:45:37.607645','2026-11-29 11:44:37.599127','2026-11-29 11:44:37.607645',1,1,'C0GLOBEX1','1795952677.610489',NULL,'2026-11-29 11:44:37.611083',NULL,0,'00-335a176367ef3d9c12ab2bda13db8831-7eed3df59ced6414-00');
INSERT INTO "errandrow" VALUES(48,'75b7757c-06bd-4920-a80a-fd96a303900c','dfa791239241','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.611083','2026-11-29 11:44:37.599127','2026-11-29 11:44:37.611083',1,1,'C0GLOBEX1','1795952677.542757',NULL,'2026-11-29 11:44:37.618192',NULL,0,'00-335a176367ef3d9c12ab2bda13db8831-7eed3df59ced6414-00');
INSERT INTO "errandrow" VALUES(49,'f50a6b07-8c51-478a-8e23-44e1113cc368','dfa791239241','slack','Show','card.2','{"schema":1,"value":{"slot":"card.2"}}','sent','2026-11-29 11:45:37.626329','2026-11-29 11:44:37.620386','2026-11-29 11:44:37.626329',1,1,'C0GLOBEX1','1795952677.610489',NULL,'2026-11-29 11:44:37.630500',NULL,0,'00-a522502e9d9dc70adde3829a65b7dacd-d14df1055858e4a3-00');
INSERT INTO "errandrow" VALUES(50,'da1bfbc3-7bba-4041-8af2-dc30eca3641e','dfa791239241','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.630500','2026-11-29 11:44:37.620386','2026-11-29 11:44:37.630500',1,1,'C0GLOBEX1','1795952677.542757',NULL,'2026-11-29 11:44:37.638742',NULL,0,'00-a522502e9d9dc70adde3829a65b7dacd-d14df1055858e4a3-00');
INSERT INTO "errandrow" VALUES(51,'ca93a81b-fdbc-4211-9080-820f696a0677','dfa791239241','workday','RunCheck',NULL,'{"schema":1,"value":{"check_id":"dfa791239241.5"}}','sent','2026-11-29 11:48:07.628707','2026-11-29 11:44:37.620386','2026-11-29 11:44:37.626329',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.643828',NULL,0,'00-a522502e9d9dc70adde3829a65b7dacd-d14df1055858e4a3-00');
INSERT INTO "errandrow" VALUES(52,'8cd39c51-94a8-4741-b515-1a6f593c91e3','dfa791239241','slack','Show','card.2','{"schema":1,"value":{"slot":"card.2"}}','sent','2026-11-29 11:45:37.648501','2026-11-29 11:44:37.643828','2026-11-29 11:44:37.648501',1,1,'C0GLOBEX1','1795952677.610489',NULL,'2026-11-29 11:44:37.652512',NULL,0,'00-a522502e9d9dc70adde3829a65b7dacd-d14df1055858e4a3-00');
INSERT INTO "errandrow" VALUES(53,'f86cfc9e-ffe4-4f74-9079-04c034666c65','dfa791239241','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.652512','2026-11-29 11:44:37.643828','2026-11-29 11:44:37.652512',1,1,'C0GLOBEX1','1795952677.542757',NULL,'2026-11-29 11:44:37.656699',NULL,0,'00-a522502e9d9dc70adde3829a65b7dacd-d14df1055858e4a3-00');
INSERT INTO "errandrow" VALUES(54,'60d80730-c5ae-47bf-94c7-73aa87297afa','2f73c9620ef2','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.671286','2026-11-29 11:44:37.667666','2026-11-29 11:44:37.671286',1,1,'C0NIMBUS1','1795952677.673818',NULL,'2026-11-29 11:44:37.674364',NULL,0,'00-58082809e3c8315cbe44252ac44dc9ac-0170d22bd82324b3-00');
INSERT INTO "errandrow" VALUES(55,'795a4401-d081-4a5c-b166-816229848a5c','2f73c9620ef2','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0SAM"}}','sent','2026-11-29 11:45:37.674364','2026-11-29 11:44:37.667666','2026-11-29 11:44:37.674364',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.677370',NULL,0,'00-58082809e3c8315cbe44252ac44dc9ac-0170d22bd82324b3-00');
INSERT INTO "errandrow" VALUES(56,'cb5672c2-dd94-4a03-a2c1-ba39c209f407','2f73c9620ef2','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0NIA"}}','sent','2026-11-29 11:45:37.677370','2026-11-29 11:44:37.667666','2026-11-29 11:44:37.677370',1,1,NULL,NULL,NULL,'2026-11-29 11:44:37.680196',NULL,0,'00-58082809e3c8315cbe44252ac44dc9ac-0170d22bd82324b3-00');
INSERT INTO "errandrow" VALUES(57,'5babc3f6-e68c-439a-9cad-24f13d1402a3','2f73c9620ef2','slack','Show','card.0','{"schema":1,"value":{"slot":"card.0"}}','sent','2026-11-29 11:45:37.680196','2026-11-29 11:44:37.667666','2026-11-29 11:44:37.680196',1,1,'C0NIMBUS1','1795952677.683943',NULL,'2026-11-29 11:44:37.684673',NULL,0,'00-58082809e3c8315cbe44252ac44dc9ac-0170d22bd82324b3-00');
INSERT INTO "errandrow" VALUES(58,'61e1a8d9-23ab-4942-9276-bafa9beeb5b3','2f73c9620ef2','slack','Show','card.0','{"schema":1,"value":{"slot":"card.0"}}','sent','2026-11-29 11:45:37.697905','2026-11-29 11:44:37.695289','2026-11-29 11:44:37.697905',1,1,'C0NIMBUS1','1795952677.683943',NULL,'2026-11-29 11:44:37.700339',NULL,0,'00-3bf99650f3f095018872c5af5e1d42ed-e4bba1698e30534b-00');
INSERT INTO "errandrow" VALUES(59,'46f31736-2335-46d1-9ecc-e38fbc26cb25','2f73c9620ef2','slack','Show','card.1','{"schema":1,"value":{"slot":"card.1"}}','sent','2026-11-29 11:45:37.700339','2026-11-29 11:44:37.695289','2026-11-29 11:44:37.700339',1,1,'C0NIMBUS1','1795952677.703159',NULL,'2026-11-29 11:44:37.703740',NULL,0,'00-3bf99650f3f095018872c5af5e1d42ed-e4bba1698e30534b-00');
INSERT INTO "errandrow" VALUES(60,'7ba15bfc-3d0b-425e-8b3e-f827cb329725','2f73c9620ef2','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sent','2026-11-29 11:45:37.703740','2026-11-29 11:44:37.695289','2026-11-29 11:44:37.703740',1,1,'C0NIMBUS1','1795952677.673818',NULL,'2026-11-29 11:44:37.707145',NULL,0,'00-3bf99650f3f095018872c5af5e1d42ed-e4bba1698e30534b-00');
INSERT INTO "errandrow" VALUES(61,'da827444-e2d0-41d9-85d5-3dd07a921083','12f43c7c5ff0','workday','RunCheck',NULL,'{"schema":1,"value":{"check_id":"12f43c7c5ff0.11.1796017477"}}','sent','2026-11-30 05:48:07.736290','2026-11-30 05:44:37.726905','2026-11-30 05:44:37.731280',1,1,NULL,NULL,NULL,'2026-11-30 05:44:37.766807',NULL,0,NULL);
INSERT INTO "errandrow" VALUES(62,'b045bbd6-d9ff-4c44-9012-8712f1960266','dfa791239241','staff','TellStaff',NULL,'{"schema":1,"value":{"key":"staff.digest","names":{"at":"2026-11-30T11:44:37.773534+00:00","left":"0"},"to":"U0SAM"}}','sent','2026-11-30 11:45:37.782036','2026-11-30 11:44:37.773534','2026-11-30 11:44:37.782036',1,1,'D0SAM','1796039077.790178',NULL,'2026-11-30 11:44:37.790489',NULL,0,NULL);
INSERT INTO "errandrow" VALUES(63,'09f5472e-04e7-467c-996e-ee94e7fda09a','2f73c9620ef2','slack','Show','nudge.0','{"schema":1,"value":{"slot":"nudge.0"}}','sent','2026-11-30 17:45:37.801419','2026-11-30 17:44:37.796964','2026-11-30 17:44:37.801419',1,1,'C0NIMBUS1','1796060677.805341',NULL,'2026-11-30 17:44:37.806841',NULL,0,NULL);
INSERT INTO "errandrow" VALUES(64,'3630fdb4-ed20-432e-901c-4eefbf057378','2f73c9620ef2','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0NIA"}}','sent','2026-11-30 17:45:37.806841','2026-11-30 17:44:37.796964','2026-11-30 17:44:37.806841',1,1,NULL,NULL,NULL,'2026-11-30 17:44:37.812838',NULL,0,NULL);
INSERT INTO "errandrow" VALUES(65,'c8a90f24-7055-450a-82da-83efc992739f','dfa791239241','slack','Show','nudge.0','{"schema":1,"value":{"slot":"nudge.0"}}','sent','2026-11-30 17:45:37.801419','2026-11-30 17:44:37.796964','2026-11-30 17:44:37.801419',1,1,'C0GLOBEX1','1796060677.805779',NULL,'2026-11-30 17:44:37.807050',NULL,0,NULL);
INSERT INTO "errandrow" VALUES(66,'6599b0f8-96e2-467b-b433-d4be2e7d2331','dfa791239241','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0GIL"}}','sent','2026-11-30 17:45:37.807050','2026-11-30 17:44:37.796964','2026-11-30 17:44:37.807050',1,1,NULL,NULL,NULL,'2026-11-30 17:44:37.814970',NULL,0,NULL);
INSERT INTO "errandrow" VALUES(67,'39cf9017-b7dc-4aec-8e90-d8a889951de5','12f43c7c5ff0','workday','RunCheck',NULL,'{"schema":1,"value":{"check_id":"12f43c7c5ff0.11.1796103877"}}','sent','2026-12-01 05:48:07.831800','2026-12-01 05:44:37.826301','2026-12-01 05:44:37.828865',1,1,NULL,NULL,NULL,'2026-12-01 05:44:37.864245',NULL,0,NULL);
INSERT INTO "errandrow" VALUES(68,'95f6aaa4-5457-499b-a18b-fb39722f748d','3427e654b0d9','slack','Show','parent','{"schema":1,"value":{"slot":"parent"}}','sending','2026-12-01 11:45:37.896505','2026-12-01 11:44:37.893835','2026-12-01 11:44:37.896505',1,1,NULL,NULL,NULL,NULL,NULL,0,'00-56cf1a2ad9bcdc8ef83763690bc9514e-6d8a062163d20b9c-00');
INSERT INTO "errandrow" VALUES(69,'06c369d8-afb9-4ded-abb6-eb2ab72ed06e','3427e654b0d9','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0SAM"}}','pending','2026-12-01 11:44:37.893835','2026-12-01 11:44:37.893835',NULL,0,0,NULL,NULL,NULL,NULL,NULL,0,'00-56cf1a2ad9bcdc8ef83763690bc9514e-6d8a062163d20b9c-00');
INSERT INTO "errandrow" VALUES(70,'ef67cc97-1d95-4560-9ea2-b7b2491c4dfd','3427e654b0d9','slack','LookUp',NULL,'{"schema":1,"value":{"user_id":"U0ORI"}}','pending','2026-12-01 11:44:37.893835','2026-12-01 11:44:37.893835',NULL,0,0,NULL,NULL,NULL,NULL,NULL,0,'00-56cf1a2ad9bcdc8ef83763690bc9514e-6d8a062163d20b9c-00');
INSERT INTO "errandrow" VALUES(71,'0f69b5eb-8d89-4769-9153-fe1fea4c3193','3427e654b0d9','slack','Show','card.0','{"schema":1,"value":{"slot":"card.0"}}','pending','2026-12-01 11:44:37.893835','2026-12-01 11:44:37.893835',NULL,0,0,NULL,NULL,NULL,NULL,NULL,0,'00-56cf1a2ad9bcdc8ef83763690bc9514e-6d8a062163d20b9c-00');
CREATE TABLE gaterow (
	account_key VARCHAR NOT NULL, 
	used_at DATETIME NOT NULL, 
	CONSTRAINT pk_gaterow PRIMARY KEY (account_key)
);
INSERT INTO "gaterow" VALUES('21c4c4b1f4e96cfacc81a11f66cfca967c82f0c63054fccf43b164c13c6eb2ce','2026-12-01 05:44:37.837211');
INSERT INTO "gaterow" VALUES('4e3493f0c63ded952c6b7a636da000778f56d0137a874c2a1990b24f3147a671','2026-11-29 11:44:37.634173');
CREATE TABLE headrow (
	link_id VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	seal VARCHAR NOT NULL, 
	CONSTRAINT pk_headrow PRIMARY KEY (link_id)
);
INSERT INTO "headrow" VALUES('12f43c7c5ff0',17,'64a2bfd2a5493c0449e3d6a14a0b84c1ff1c972d4ecc866bf6dbf39368162545','2475563e8cc877bf02c940f50b6934bbf6244101d2fadd855255140df11c1b2b');
INSERT INTO "headrow" VALUES('dfa791239241',9,'232f2a70c34775f363d7a35f751f2f007d47b75056ee11203770cf2000533c85','49fc7c6ff4e018204b6eb3994bff27186a4bedaea795a0f35d5c978a9a8af1e7');
INSERT INTO "headrow" VALUES('2f73c9620ef2',5,'829e6a4b82cfa058048e2e7cdfc47e43e99a46f8507da5f70d9bfbccf5ec33fd','c8e11c4c7ac8c294dcab7d080fa9257df5974aade89ec2b0c04a6e99ff3d14fd');
INSERT INTO "headrow" VALUES('3427e654b0d9',1,'d76f804ac405e7cfd681ac0f8affc1541637bb8479609b9b9c449eb71bda70cc','728db95430aa82060f0aec46ea291548abb80366e28065ff886c6f009266a870');
CREATE TABLE inboxrow (
	"key" VARCHAR NOT NULL, 
	received_at DATETIME NOT NULL, times INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_inboxrow PRIMARY KEY ("key")
);
INSERT INTO "inboxrow" VALUES('signed:v0=7f7e6a0bf975deb23a4b3e9c8520f1ee746ce0c598abf5fe94208b22669d91ea','2026-11-29 11:44:37.148825',1);
INSERT INTO "inboxrow" VALUES('signed:v0=16685b18ff249de5cf5c11af2dee21324b0433419d36a072b54ae4509aea76a5','2026-11-29 11:44:37.301699',1);
INSERT INTO "inboxrow" VALUES('signed:v0=b84fb3d4019a3ec94bb13872fd539694e993bd78b4b34e8813e592f045e2090c','2026-11-29 11:44:37.320219',1);
INSERT INTO "inboxrow" VALUES('signed:v0=9972cfc109f99ba481f8cca0fb5343fb1d409488359c199ae36be078fa8e8ad5','2026-11-29 11:44:37.381280',1);
INSERT INTO "inboxrow" VALUES('signed:v0=d9bea8df6241eab4f2602ad4a5796a5180073ed1640843b5534203317d43ba4e','2026-11-29 11:44:37.421625',1);
INSERT INTO "inboxrow" VALUES('signed:v0=6b74ba4cc682a1d085e64f5384d4c6ec4d7dcbffae35745cf435d08abe1a64b8','2026-11-29 11:44:37.437634',1);
INSERT INTO "inboxrow" VALUES('signed:v0=df4ef8cb2fc664c5a4c84246b5701d9527963cd74f10cada5210438bff7cf53b','2026-11-29 11:44:37.452815',1);
INSERT INTO "inboxrow" VALUES('signed:v0=47e1f19c39f5cc615baa77e2ce3b54fc09b2bb522cb4ed02aac4610de21a8a44','2026-11-29 11:44:37.467562',1);
INSERT INTO "inboxrow" VALUES('signed:v0=5d8e5aba99a64856687c88100b4eb993194fa78aee3d4b23d02fea74a5ac4be8','2026-11-29 11:44:37.537949',1);
INSERT INTO "inboxrow" VALUES('signed:v0=0a0e77bffe95256fcfe755aad6506767727f8fa8bc6525eda8eb8f44d15120b8','2026-11-29 11:44:37.566197',1);
INSERT INTO "inboxrow" VALUES('signed:v0=93df340183d532794d6ac14e9fa050ec436681c1da425b8b13a05f82a5149bf1','2026-11-29 11:44:37.584845',1);
INSERT INTO "inboxrow" VALUES('signed:v0=e33860897758b3b19af4c6a4efe634e254fd8df64f03a7f6bbec0480930a9908','2026-11-29 11:44:37.620386',1);
INSERT INTO "inboxrow" VALUES('signed:v0=dc8298b767e4480db1ca345e9b274e915c9f07a5b86db0f742f89a4852d03953','2026-11-29 11:44:37.667666',1);
INSERT INTO "inboxrow" VALUES('signed:v0=4f1dc2515e402f430a363cfe185e90931863a3cb806d0ac2c63ecdbad04e0f65','2026-11-29 11:44:37.695289',1);
INSERT INTO "inboxrow" VALUES('signed:v0=14e48120830a0f688d5c78edcd52a0c63c199d0b84f15581cec1f41513350476','2026-12-01 11:44:37.893835',1);
CREATE TABLE installrow (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	org_id VARCHAR NOT NULL, 
	is_org BOOLEAN NOT NULL, 
	bot_user_id VARCHAR NOT NULL, 
	bot_id VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	scopes TEXT NOT NULL, 
	secret_id VARCHAR NOT NULL, 
	expires_at DATETIME, 
	busy_until DATETIME, 
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_installrow PRIMARY KEY (id)
);
CREATE TABLE "linkrow" (
	id VARCHAR NOT NULL, 
	team_id VARCHAR NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	active_key VARCHAR, 
	endpoint_key VARCHAR, 
	wake_at DATETIME, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	profile VARCHAR NOT NULL, 
	blocked VARCHAR, 
	erase BOOLEAN DEFAULT 0 NOT NULL, account_key VARCHAR, state VARCHAR, turn VARCHAR, owner VARCHAR, customer VARCHAR, since DATETIME, due DATE, approval DATE, 
	CONSTRAINT pk_linkrow PRIMARY KEY (id), 
	CONSTRAINT uq_linkrow_active_key UNIQUE (active_key)
);
INSERT INTO "linkrow" VALUES('12f43c7c5ff0','T0WINTRO','C0ACME','linked','T0WINTRO/implementation/acme','wd2-impl-services1.workday.com/acme_dpt1','2026-12-02 05:18:29.000000','2026-11-29 11:44:37.148825','2026-12-01 05:44:37.864245',17,'{"schema":3,"value":{"id":"12f43c7c5ff0","team_id":"T0WINTRO","channel_id":"C0ACME","customer":"Acme","setup":{"profile":"recruiting","absence":false,"environment":"implementation","endpoint":{"host":"wd2-impl-services1.workday.com","tenant":"acme_dpt1"},"account":{"user_name":"ISU_Wintro","secret":"f8709b5c-4bff-4578-b713-db23c20f541d","proved":true,"refused":false,"worked_at":"2026-12-01T05:44:37.864245Z","candidate":null,"owned":true,"allowed":false},"expiry":{"kind":"exempt","days":null,"set_on":null},"expiry_at":"2026-11-29T11:44:37.421625Z","ticked":[],"group":"","left_out":{},"policy_needed":false,"api":null,"matrix":{"kind":"full","reason":"ok","owner":"nobody","field":"","rows":[{"permission_id":"public-worker-reports","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Workers_Request","http_status":200,"fault":"","missing":[],"request_id":"dba41fc3cbd14aa78346e2f0e1d0cb95","our_request_id":"0e8bb8f7127c443ebb7b205ee99c298a","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"job-requisition-data","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Job_Requisitions_Request","http_status":200,"fault":"","missing":[],"request_id":"a43936189e8f49519209cf28531ad0ce","our_request_id":"5641e428968d4aaa9d73df15159b84b0","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"job-requisitions-for-recruiting","verdict":"unprobed","reason":"not_probed","evidence":null,"read":null,"write":null},{"permission_id":"evergreen-requisitions","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Evergreen_Requisitions_Request","http_status":200,"fault":"","missing":[],"request_id":"a48460cde6bb4d83b9f55206d52cc910","our_request_id":"eae20e53155b4823ad9428ba36963298","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"job-postings-external","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Job_Postings_Request","http_status":200,"fault":"","missing":[],"request_id":"a95e7df3ea8248ccaa7b1c822a668a57","our_request_id":"c27a8edd2c8c4f84a741b8778968e2ed","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"job-postings-internal","verdict":"unprobed","reason":"not_probed","evidence":null,"read":null,"write":null},{"permission_id":"candidate-job-application","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Candidates_Request","http_status":200,"fault":"","missing":[],"request_id":"d03e369d844e4d60955c12c37cc5b48e","our_request_id":"2692afe2605f49e0a86b77f20e423622","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"candidate-personal-information","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Candidates_Request","http_status":200,"fault":"","missing":[],"request_id":"d03e369d844e4d60955c12c37cc5b48e","our_request_id":"2692afe2605f49e0a86b77f20e423622","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"candidate-other-information","verdict":"unprobed","reason":"not_probed","evidence":null,"read":null,"write":null},{"permission_id":"move-candidate","verdict":"unprobed","reason":"not_probed","evidence":null,"read":null,"write":null},{"permission_id":"job-information","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Job_Profiles_Request","http_status":200,"fault":"","missing":[],"request_id":"2d79c6e15abb4cf184f9818f91b122e8","our_request_id":"58e502f37edc442e8e19a420cff71bc9","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"location","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Locations_Request","http_status":200,"fault":"","missing":[],"request_id":"51d3b927fd864e83830d91e56b46daee","our_request_id":"c2e7d3e2397a465ca320010d36846b65","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"organization-integration","verdict":"granted","reason":"ok","evidence":{"operation":"Get_Organizations_Request","http_status":200,"fault":"","missing":[],"request_id":"3a62ca563042495ba5a8c923a26e12b7","our_request_id":"4fc5ac8cde594ed7ab3c2fdf1a47a22f","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null},{"permission_id":"integration-build","verdict":"granted","reason":"ok","evidence":{"operation":"Get_References_Request","http_status":200,"fault":"","missing":[],"request_id":"410da3fc38be40219982229ad5a1935b","our_request_id":"2ab4e44317354c148733865f31dfc202","at":"2026-12-01T05:44:37.836288Z"},"read":null,"write":null}],"granted":10,"total":14,"evidence":null},"empty_is_right":false,"burnt":false,"burnt_client":false,"way":"password","key":null},"owner":{"user_id":"U0SAM","team_id":"T0WINTRO","zone":"Europe/Berlin","locale":"en-US","present":true,"guest":false},"admin":{"user_id":"U0ADA","team_id":"T0ACME","zone":"America/New_York","locale":"","present":true,"guest":false},"created":"2026-11-29T11:44:37.148759Z","touched":"2026-11-29T11:44:37.505714Z","status":"linked","step":"linked","revision":11,"writes":false,"web_only":false,"language":"","isu":"","answered":{},"holders":{},"cards":["welcome","service_url","isu","expiry","group","permissions","activation","linked"],"previous":null,"attempt":{"checking":null,"tried":null,"offer":null,"trouble":null,"hitch":null,"likely":[],"before":10,"tries_left":2,"help":null,"recheck":null},"seen":[{"layer":"login","operation":"Server_Timestamp_Get","host":"wd2-impl-services1.workday.com","probe":"","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":null,"missing":[],"request_id":"0cd2a854e0e34f258fed1fa5ed29f451","our_request_id":"365a35854fd94ba995f2e767b99748dc","address_proved":true,"retry_after":null,"tokens_left":699,"elapsed_ms":3,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Workers_Request","host":"wd2-impl-services1.workday.com","probe":"public-worker-reports","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":5,"missing":[],"request_id":"dba41fc3cbd14aa78346e2f0e1d0cb95","our_request_id":"0e8bb8f7127c443ebb7b205ee99c298a","address_proved":true,"retry_after":null,"tokens_left":698,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Job_Requisitions_Request","host":"wd2-impl-services1.workday.com","probe":"job-requisition-data","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":3,"missing":[],"request_id":"a43936189e8f49519209cf28531ad0ce","our_request_id":"5641e428968d4aaa9d73df15159b84b0","address_proved":true,"retry_after":null,"tokens_left":697,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Evergreen_Requisitions_Request","host":"wd2-impl-services1.workday.com","probe":"evergreen-requisitions","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":null,"missing":[],"request_id":"a48460cde6bb4d83b9f55206d52cc910","our_request_id":"eae20e53155b4823ad9428ba36963298","address_proved":true,"retry_after":null,"tokens_left":696,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Job_Postings_Request","host":"wd2-impl-services1.workday.com","probe":"job-postings-external","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":null,"missing":[],"request_id":"a95e7df3ea8248ccaa7b1c822a668a57","our_request_id":"c27a8edd2c8c4f84a741b8778968e2ed","address_proved":true,"retry_after":null,"tokens_left":695,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Candidates_Request","host":"wd2-impl-services1.workday.com","probe":"candidate-job-application","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":3,"missing":[],"request_id":"d03e369d844e4d60955c12c37cc5b48e","our_request_id":"2692afe2605f49e0a86b77f20e423622","address_proved":true,"retry_after":null,"tokens_left":694,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Candidates_Request","host":"wd2-impl-services1.workday.com","probe":"candidate-personal-information","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":3,"missing":[],"request_id":"d03e369d844e4d60955c12c37cc5b48e","our_request_id":"2692afe2605f49e0a86b77f20e423622","address_proved":true,"retry_after":null,"tokens_left":694,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Job_Profiles_Request","host":"wd2-impl-services1.workday.com","probe":"job-information","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":3,"missing":[],"request_id":"2d79c6e15abb4cf184f9818f91b122e8","our_request_id":"58e502f37edc442e8e19a420cff71bc9","address_proved":true,"retry_after":null,"tokens_left":693,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Locations_Request","host":"wd2-impl-services1.workday.com","probe":"location","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":3,"missing":[],"request_id":"51d3b927fd864e83830d91e56b46daee","our_request_id":"c2e7d3e2397a465ca320010d36846b65","address_proved":true,"retry_after":null,"tokens_left":692,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_Organizations_Request","host":"wd2-impl-services1.workday.com","probe":"organization-integration","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":3,"missing":[],"request_id":"3a62ca563042495ba5a8c923a26e12b7","our_request_id":"4fc5ac8cde594ed7ab3c2fdf1a47a22f","address_proved":true,"retry_after":null,"tokens_left":691,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"},{"layer":"permission","operation":"Get_References_Request","host":"wd2-impl-services1.workday.com","probe":"integration-build","http_status":200,"transport":null,"content":"xml","malformed":false,"fault_code":"","fault_text":"","error_code":"","total":null,"missing":[],"request_id":"410da3fc38be40219982229ad5a1935b","our_request_id":"2ab4e44317354c148733865f31dfc202","address_proved":true,"retry_after":null,"tokens_left":690,"elapsed_ms":2,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-12-01T05:44:37.836288Z"}],"cooling_until":null,"burnt_marks":[],"burnt_own":[],"nudge":null,"nudged":{},"snoozed_until":null,"not_before":null,"last":{"key":"linked","at":"2026-11-29T11:44:37.505714Z","names":{}},"started":"2026-11-29T11:44:37.301699Z","linked":"2026-11-29T11:44:37.505714Z","called":null,"approval":null,"sheet_at":null,"paused_until":null,"asked_at":"2026-12-01T05:44:37.864245Z","looked_at":"2026-12-01T05:44:37.864245Z","issue":null,"frozen":null,"handed":null,"muted":"","moved":0,"erase":false,"blocked":null}}','recruiting',NULL,0,'isu_wintro@acme_dpt1','linked','c','U0SAM','acme','2026-11-29 11:44:37.505714',NULL,NULL);
INSERT INTO "linkrow" VALUES('dfa791239241','T0WINTRO','C0GLOBEX1','active','T0WINTRO/implementation/globex','wd2-impl-services1.workday.com/globex_dpt1','2026-12-02 14:00:00.000000','2026-11-29 11:44:37.537949','2026-11-30 17:44:37.796964',9,'{"schema":3,"value":{"id":"dfa791239241","team_id":"T0WINTRO","channel_id":"C0GLOBEX1","customer":"Globex","setup":{"profile":"recruiting","absence":false,"environment":"implementation","endpoint":{"host":"wd2-impl-services1.workday.com","tenant":"globex_dpt1"},"account":{"user_name":"ISU_Wintro","secret":"d701fa56-360d-4458-9a5e-15f58899a8a8","proved":false,"refused":true,"worked_at":null,"candidate":null,"owned":false,"allowed":false},"expiry":null,"expiry_at":null,"ticked":[],"group":"","left_out":{},"policy_needed":false,"api":null,"matrix":null,"empty_is_right":false,"burnt":false,"burnt_client":false,"way":"password","key":null},"owner":{"user_id":"U0SAM","team_id":"T0WINTRO","zone":"Europe/Berlin","locale":"en-US","present":true,"guest":false},"admin":{"user_id":"U0GIL","team_id":"T0GLOBEX","zone":"America/New_York","locale":"","present":true,"guest":false},"created":"2026-11-29T11:44:37.537891Z","touched":"2026-11-29T11:44:37.620386Z","status":"active","step":"isu","revision":6,"writes":false,"web_only":false,"language":"","isu":"","answered":{},"holders":{},"cards":["welcome","service_url","isu"],"previous":null,"attempt":{"checking":null,"tried":{"id":"dfa791239241.5","kind":"login","since":"2026-11-29T11:44:37.620386Z","endpoints":[{"host":"wd2-impl-services1.workday.com","tenant":"globex_dpt1"}],"secrets":["d701fa56-360d-4458-9a5e-15f58899a8a8"],"guessed":false,"by_hand":true},"offer":null,"trouble":{"kind":"login","reason":"invalid_credentials","owner":"admin","field":"credentials","rows":[],"granted":0,"total":0,"evidence":{"layer":"login","operation":"Server_Timestamp_Get","host":"wd2-impl-services1.workday.com","probe":"","http_status":500,"transport":null,"content":"xml","malformed":false,"fault_code":"SOAP-ENV:Client.authenticationError","fault_text":"invalid username or password","error_code":"","total":null,"missing":[],"request_id":"GID|21c6be9d-9c9c-4c65-9477-c64e85f76ea4","our_request_id":"374c88aaa00949e2b5be60a4cd84f071","address_proved":true,"retry_after":null,"tokens_left":null,"elapsed_ms":5,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-11-29T11:44:37.632601Z"}},"hitch":null,"likely":[{"cause":"password_wrong","confidence":"likely","because":[{"name":"name_form_fine","names":{"name":"ISU_Wintro"}},{"name":"tenant_added","names":{"tenant":"globex_dpt1"}}],"rows":[]},{"cause":"user_name_wrong","confidence":"possible","because":[{"name":"name_has_capitals","names":{"name":"ISU_Wintro"}}],"rows":[]},{"cause":"new_password_required","confidence":"possible","because":[],"rows":[]},{"cause":"delegated_authentication","confidence":"possible","because":[],"rows":[]},{"cause":"security_questions","confidence":"possible","because":[],"rows":[]},{"cause":"session_timeout","confidence":"possible","because":[],"rows":[]},{"cause":"account_locked","confidence":"possible","because":[],"rows":[]},{"cause":"account_disabled","confidence":"possible","because":[],"rows":[]},{"cause":"authentication_policy","confidence":"possible","because":[],"rows":[]},{"cause":"network_blocked","confidence":"possible","because":[],"rows":[]},{"cause":"other_environment","confidence":"possible","because":[{"name":"host_environment","names":{"environment":"implementation"}}],"rows":[]}],"before":null,"tries_left":1,"help":null,"recheck":null},"seen":[{"layer":"login","operation":"Server_Timestamp_Get","host":"wd2-impl-services1.workday.com","probe":"","http_status":500,"transport":null,"content":"xml","malformed":false,"fault_code":"SOAP-ENV:Client.authenticationError","fault_text":"invalid username or password","error_code":"","total":null,"missing":[],"request_id":"GID|21c6be9d-9c9c-4c65-9477-c64e85f76ea4","our_request_id":"374c88aaa00949e2b5be60a4cd84f071","address_proved":true,"retry_after":null,"tokens_left":null,"elapsed_ms":5,"version":"v44.0","write":false,"bearer":false,"clock_off":0,"at":"2026-11-29T11:44:37.632601Z"}],"cooling_until":null,"burnt_marks":[],"burnt_own":[],"nudge":{"cause":"stalled","number":0,"rung":0,"at":"2026-11-30T17:44:37.796964Z","outcome":null},"nudged":{"stalled":"2026-11-30T17:44:37.796964Z"},"snoozed_until":null,"not_before":null,"last":{"key":"reached","at":"2026-11-29T11:44:37.599127Z","names":{"tenant":"globex_dpt1","host":"wd2-impl-services1.workday.com"}},"started":"2026-11-29T11:44:37.566197Z","linked":null,"called":null,"approval":null,"sheet_at":null,"paused_until":null,"asked_at":"2026-11-29T11:44:37.643828Z","looked_at":"2026-11-29T11:44:37.643828Z","issue":null,"frozen":null,"handed":null,"muted":"","moved":0,"erase":false,"blocked":null}}','recruiting',NULL,0,NULL,'trouble','b','U0SAM','globex','2026-11-29 11:44:37.620386',NULL,NULL);
INSERT INTO "linkrow" VALUES('2f73c9620ef2','T0WINTRO','C0NIMBUS1','active','T0WINTRO/unknown/nimbus',NULL,'2026-12-02 14:00:00.000000','2026-11-29 11:44:37.667666','2026-11-30 17:44:37.796964',5,'{"schema":3,"value":{"id":"2f73c9620ef2","team_id":"T0WINTRO","channel_id":"C0NIMBUS1","customer":"Nimbus","setup":{"profile":"recruiting","absence":false,"environment":"unknown","endpoint":null,"account":null,"expiry":null,"expiry_at":null,"ticked":[],"group":"","left_out":{},"policy_needed":false,"api":null,"matrix":null,"empty_is_right":false,"burnt":false,"burnt_client":false,"way":"password","key":null},"owner":{"user_id":"U0SAM","team_id":"T0WINTRO","zone":"Europe/Berlin","locale":"en-US","present":true,"guest":false},"admin":{"user_id":"U0NIA","team_id":"T0NIMBUS","zone":"America/New_York","locale":"","present":true,"guest":false},"created":"2026-11-29T11:44:37.667609Z","touched":"2026-11-29T11:44:37.695289Z","status":"active","step":"service_url","revision":2,"writes":false,"web_only":false,"language":"","isu":"","answered":{},"holders":{},"cards":["welcome","service_url"],"previous":null,"attempt":{"checking":null,"tried":null,"offer":null,"trouble":null,"hitch":null,"likely":[],"before":null,"tries_left":null,"help":null,"recheck":null},"seen":[],"cooling_until":null,"burnt_marks":[],"burnt_own":[],"nudge":{"cause":"stalled","number":0,"rung":0,"at":"2026-11-30T17:44:37.796964Z","outcome":null},"nudged":{"stalled":"2026-11-30T17:44:37.796964Z"},"snoozed_until":null,"not_before":null,"last":{"key":"started","at":"2026-11-29T11:44:37.695289Z","names":{"person":"U0NIA"}},"started":"2026-11-29T11:44:37.695289Z","linked":null,"called":null,"approval":null,"sheet_at":null,"paused_until":null,"asked_at":null,"looked_at":null,"issue":null,"frozen":null,"handed":null,"muted":"","moved":0,"erase":false,"blocked":null}}','recruiting',NULL,0,NULL,'step','b','U0SAM','nimbus','2026-11-29 11:44:37.695289',NULL,NULL);
INSERT INTO "linkrow" VALUES('3427e654b0d9','T0WINTRO','C0ORBIT1','active','T0WINTRO/unknown/orbit',NULL,'2026-12-02 11:44:37.893776','2026-12-01 11:44:37.893835','2026-12-01 11:44:37.893835',1,'{"schema":3,"value":{"id":"3427e654b0d9","team_id":"T0WINTRO","channel_id":"C0ORBIT1","customer":"Orbit","setup":{"profile":"recruiting","absence":false,"environment":"unknown","endpoint":null,"account":null,"expiry":null,"expiry_at":null,"ticked":[],"group":"","left_out":{},"policy_needed":false,"api":null,"matrix":null,"empty_is_right":false,"burnt":false,"burnt_client":false,"way":"password","key":null},"owner":{"user_id":"U0SAM","team_id":"T0WINTRO","zone":null,"locale":"en-US","present":true,"guest":false},"admin":{"user_id":"U0ORI","team_id":"","zone":null,"locale":"","present":true,"guest":false},"created":"2026-12-01T11:44:37.893776Z","touched":"2026-12-01T11:44:37.893776Z","status":"active","step":"welcome","revision":1,"writes":false,"web_only":false,"language":"","isu":"","answered":{},"holders":{},"cards":["welcome"],"previous":null,"attempt":{"checking":null,"tried":null,"offer":null,"trouble":null,"hitch":null,"likely":[],"before":null,"tries_left":null,"help":null,"recheck":null},"seen":[],"cooling_until":null,"burnt_marks":[],"burnt_own":[],"nudge":null,"nudged":{},"snoozed_until":null,"not_before":null,"last":null,"started":null,"linked":null,"called":null,"approval":null,"sheet_at":null,"paused_until":null,"asked_at":null,"looked_at":null,"issue":null,"frozen":null,"handed":null,"muted":"","moved":0,"erase":false,"blocked":null}}','recruiting',NULL,0,NULL,'step','b','U0SAM','orbit','2026-12-01 11:44:37.893776',NULL,NULL);
CREATE TABLE loginrow (
	id VARCHAR NOT NULL, 
	account_key VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_loginrow PRIMARY KEY (id), 
	CONSTRAINT fk_loginrow_account_key_gaterow FOREIGN KEY(account_key) REFERENCES gaterow (account_key)
);
INSERT INTO "loginrow" VALUES('dfa791239241.5','4e3493f0c63ded952c6b7a636da000778f56d0137a874c2a1990b24f3147a671','2026-11-29 11:44:37.643828');
CREATE TABLE messagerow (
	link_id VARCHAR NOT NULL, 
	slot VARCHAR NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	ts VARCHAR NOT NULL, 
	thread_ts VARCHAR, 
	CONSTRAINT pk_messagerow PRIMARY KEY (link_id, slot), 
	CONSTRAINT fk_messagerow_link_id_linkrow FOREIGN KEY(link_id) REFERENCES linkrow (id)
);
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','parent','C0ACME','1795952677.162358',NULL);
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.0','C0ACME','1795952677.294371','1795952677.162358');
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.1','C0ACME','1795952677.309818','1795952677.162358');
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.2','C0ACME','1795952677.370497','1795952677.162358');
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.3','C0ACME','1795952677.415027','1795952677.162358');
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.4','C0ACME','1795952677.430395','1795952677.162358');
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.5','C0ACME','1795952677.445789','1795952677.162358');
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.6','C0ACME','1795952677.460294','1795952677.162358');
INSERT INTO "messagerow" VALUES('12f43c7c5ff0','card.7','C0ACME','1795952677.522324','1795952677.162358');
INSERT INTO "messagerow" VALUES('dfa791239241','parent','C0GLOBEX1','1795952677.542757',NULL);
INSERT INTO "messagerow" VALUES('dfa791239241','card.0','C0GLOBEX1','1795952677.553131','1795952677.542757');
INSERT INTO "messagerow" VALUES('dfa791239241','card.1','C0GLOBEX1','1795952677.575160','1795952677.542757');
INSERT INTO "messagerow" VALUES('dfa791239241','card.2','C0GLOBEX1','1795952677.610489','1795952677.542757');
INSERT INTO "messagerow" VALUES('2f73c9620ef2','parent','C0NIMBUS1','1795952677.673818',NULL);
INSERT INTO "messagerow" VALUES('2f73c9620ef2','card.0','C0NIMBUS1','1795952677.683943','1795952677.673818');
INSERT INTO "messagerow" VALUES('2f73c9620ef2','card.1','C0NIMBUS1','1795952677.703159','1795952677.673818');
INSERT INTO "messagerow" VALUES('2f73c9620ef2','nudge.0','C0NIMBUS1','1796060677.805341','1795952677.673818');
INSERT INTO "messagerow" VALUES('dfa791239241','nudge.0','C0GLOBEX1','1796060677.805779','1795952677.542757');
CREATE TABLE noterow (
	number INTEGER NOT NULL, 
	link_id VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	author VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_noterow PRIMARY KEY (number), 
	CONSTRAINT fk_noterow_link_id_linkrow FOREIGN KEY(link_id) REFERENCES linkrow (id)
);
CREATE TABLE pulserow (
	name VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_pulserow PRIMARY KEY (name)
);
INSERT INTO "pulserow" VALUES('audit_head','2026-12-01 05:44:37.830036');
INSERT INTO "pulserow" VALUES('ticker','2026-12-01 11:44:37.878375');
CREATE TABLE refusalrow (
	id VARCHAR NOT NULL, 
	tenant_key VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	times INTEGER NOT NULL, 
	CONSTRAINT pk_refusalrow PRIMARY KEY (id)
);
CREATE TABLE "secretrow" (
	id VARCHAR NOT NULL, 
	link_id VARCHAR, 
	field VARCHAR NOT NULL, 
	kek_id VARCHAR NOT NULL, 
	sealed BLOB NOT NULL, 
	created_at DATETIME NOT NULL, mark VARCHAR, 
	CONSTRAINT pk_secretrow PRIMARY KEY (id), 
	CONSTRAINT fk_secretrow_link_id_linkrow FOREIGN KEY(link_id) REFERENCES linkrow (id)
);
INSERT INTO "secretrow" VALUES('audit',NULL,'key','k1',X'02026B31003CE26865D051638B38C5B50BDB3B612302AB7DCF862A15B08E737B859E4EC12CC6265174631B07A7A49D3B784DB14CE67D977F76A05DD5B34214FE50D0EC1A5E7E2071A7C122A92FE226DA1A6D349F72AA662F1663A053D3776D9839C62FDCC810FD91836BFC85915B0C82CD197EB2DBA1CE413D35F1955C1ADA19222B89D9A24EB76A4843AEBB2C11824DE6C11D491402AA20FB3A30F9A440','2026-11-29 11:44:37.026550',NULL);
INSERT INTO "secretrow" VALUES('papers',NULL,'key','k1',X'02026B31003C202C6A6B3B06711E7CB8248070A15B3F6CD4D644D54973ABB4B3A27C0AE00589172152060314C23BADCF0B1AD059D955757300D14B789C513031DA887C487318B40C46431AF5AC311172C6EF96D6CD4EB631D18BB3177D4AD83E8F91D7B1D7F58638DEF122E15604D3D482270B6A22BC98E8C358B4A85A901FEE5255A43EDCC0436B1D690CBB4F67D232AB74DB76AB9AC7B9FED4DE562C0A','2026-11-29 11:44:37.035284',NULL);
INSERT INTO "secretrow" VALUES('marks',NULL,'key','k1',X'02026B31003C7FA9ACB2C05F4655843D821E1A6214655E1F983EF15DADF585D26CA738D1BC11CE15F93C961F321D70CE36BF8801BB33B57FC2A068BB7D8A5A6A794FD8CED78F4359FEE82B02DB7B3A1B855A2BBB4EAB9BE013DD40857886313E6E3CA951EAA14AD9463BD265EDD263135F14AC8663DC0E56D68AE65B9159543FEAAC16B587C3FDE11D273D07873CC317B500E67C396E22FA2DE1AFCB924B','2026-11-29 11:44:37.113448',NULL);
INSERT INTO "secretrow" VALUES('quarantine',NULL,'key','k1',X'02026B31003C692C9BA4F98004F596A39F97EBDEB7E82309F973445D8B3EFA2F610F9DDA061BBEE226BC6D980B1771A8190DBBFD6F4EB23BCE4636B2621AD6FCA5D295D42E4125D88F68281F11480047C8A89AC2D4EF0216DCD1758BEC59A72194552D6A2F3514B58A4DEE28C60B55B9EA672AC3D880DCA0B004AF0FECA33A54711F5D74503ABA84197044D0D3798AB8F0C141B43A80855F6FD774E36902','2026-11-29 11:44:37.118259',NULL);
INSERT INTO "secretrow" VALUES('f8709b5c-4bff-4578-b713-db23c20f541d','12f43c7c5ff0','password','k1',X'02026B31003CA491475A35331810633D49535FE18449B170A9FDBE6C88895388E910B06C703AE53B4C244DD672EF29029BDD261C4A4E8EEF1BC920317EB04FEDD2164EAC1A4222468C14732352D4894AAFBEE44CCFB5223770EE98D557409B6762024AC6B8439403B0C6107478756EDDD9B4E90B9058113982634428AEE2','2026-11-29 11:44:37.381280','25a4c6fc7c15a6f49b1a7c75df575bcc63dd4af3e6917cd608abe742ee8b572f');
INSERT INTO "secretrow" VALUES('d701fa56-360d-4458-9a5e-15f58899a8a8','dfa791239241','password','k1',X'02026B31003C3CC5E168C20F08843FF19080AC4D034C57528780C672476DA78AB24CB0147144212574EECE2B79EE67AF197D6924701817D8EA14D10F17FD39D1090D4D9113D1C3BCEFF8E5AEBCED98E894440C28D4E2F6D001EB07CF8D15C87237CAA91FB7718ACEF0569FB51ADFE3C737B5','2026-11-29 11:44:37.620386','8a39d89209d070eb977587d19d53c990cce44edcc535f4de18d217f8db5b7d0d');
CREATE TABLE ticketrow (
	digest VARCHAR NOT NULL, 
	link_id VARCHAR NOT NULL, 
	form VARCHAR NOT NULL, 
	step VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	team_id VARCHAR NOT NULL, 
	until DATETIME NOT NULL, 
	tries INTEGER NOT NULL, 
	CONSTRAINT pk_ticketrow PRIMARY KEY (digest), 
	CONSTRAINT fk_ticketrow_link_id_linkrow FOREIGN KEY(link_id) REFERENCES linkrow (id)
);
CREATE TABLE toldrow (
	link_id VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	mark VARCHAR NOT NULL, 
	is_new BOOLEAN NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_toldrow PRIMARY KEY (link_id), 
	CONSTRAINT fk_toldrow_link_id_linkrow FOREIGN KEY(link_id) REFERENCES linkrow (id)
);
INSERT INTO "toldrow" VALUES('dfa791239241','U0SAM','refused isu 2026-11-29T11:44:37.620386+00:00 invalid_credentials 1',1,'2026-11-30 11:44:37.773534');
INSERT INTO "toldrow" VALUES('2f73c9620ef2','U0SAM','stalled service_url 2026-11-29T11:44:37.695289+00:00  1',1,'2026-11-30 11:44:37.773534');
CREATE INDEX ix_inboxrow_received_at ON inboxrow (received_at);
CREATE INDEX ix_errandrow_lane ON errandrow (link_id, lane, seq) WHERE settled_at IS NULL;
CREATE INDEX ix_loginrow_account_key ON loginrow (account_key);
CREATE INDEX ix_messagerow_channel_id_ts ON messagerow (channel_id, ts);
CREATE INDEX ix_errandrow_audit ON errandrow (settled_at) WHERE audited_at IS NULL AND doubtful;
CREATE INDEX ix_errandrow_run_at ON errandrow (run_at, seq) WHERE settled_at IS NULL AND state != 'held';
CREATE INDEX ix_ticketrow_link_id ON ticketrow (link_id);
CREATE INDEX ix_ticketrow_until ON ticketrow (until);
CREATE INDEX ix_secretrow_kek_id ON secretrow (kek_id);
CREATE INDEX ix_secretrow_link_id ON secretrow (link_id);
CREATE INDEX ix_linkrow_team_id_channel_id ON linkrow (team_id, channel_id);
CREATE INDEX ix_linkrow_team_id_endpoint_key ON linkrow (team_id, endpoint_key);
CREATE INDEX ix_linkrow_wake_at_id ON linkrow (wake_at, id);
CREATE INDEX ix_linkrow_account_key ON linkrow (account_key);
CREATE INDEX ix_linkrow_unfinished ON linkrow (wake_at, id) WHERE status != 'linked';
CREATE INDEX ix_linkrow_profile ON linkrow (profile);
CREATE INDEX ix_linkrow_blocked ON linkrow (blocked) WHERE blocked IS NOT NULL;
CREATE INDEX ix_linkrow_team_id_turn_since_id ON linkrow (team_id, turn, since, id);
CREATE INDEX ix_linkrow_unseen ON linkrow (id) WHERE state IS NULL;
CREATE INDEX ix_toldrow_who ON toldrow (who);
CREATE INDEX ix_toldrow_at ON toldrow (at);
CREATE INDEX ix_linkrow_owner_id ON linkrow (owner, id);
CREATE INDEX ix_noterow_link_id ON noterow (link_id);
CREATE INDEX ix_refusalrow_tenant_key ON refusalrow (tenant_key);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('errandrow',71);
COMMIT;
