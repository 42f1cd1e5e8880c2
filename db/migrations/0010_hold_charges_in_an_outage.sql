CREATE TABLE "outage_mode" (
	"id" integer PRIMARY KEY NOT NULL,
	"state" jsonb NOT NULL,
	CONSTRAINT "outage_mode_one_row" CHECK ("outage_mode"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "outages" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "outages_in_order" CHECK ("outages"."ended_at" >= "outages"."started_at")
);
--> statement-breakpoint
CREATE INDEX "outages_ended" ON "outages" USING btree ("ended_at");--> statement-breakpoint
CREATE UNIQUE INDEX "outages_one_open" ON "outages" USING btree ((true)) WHERE "outages"."ended_at" is null;