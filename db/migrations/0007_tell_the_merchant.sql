CREATE TABLE "event_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"event_id" text NOT NULL,
	"subject" text NOT NULL,
	"position" bigint NOT NULL,
	"status" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"first_tried_at" timestamp with time zone,
	"last_tried_at" timestamp with time zone,
	"last_status" integer,
	"last_answer" text,
	"delivered_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "event_deliveries_status" CHECK ("event_deliveries"."status" in ('pending', 'delivered', 'failed')),
	CONSTRAINT "event_deliveries_delivered" CHECK (("event_deliveries"."status" = 'delivered') = ("event_deliveries"."delivered_at" is not null)),
	CONSTRAINT "event_deliveries_due_pending" CHECK ("event_deliveries"."due_at" is null or "event_deliveries"."status" = 'pending')
);
--> statement-breakpoint
CREATE TABLE "event_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"secret" "bytea" NOT NULL,
	"previous_secret" "bytea",
	"previous_secret_until" timestamp with time zone,
	"status" text NOT NULL,
	"disabled_reason" text,
	"disabled_at" timestamp with time zone,
	"failing_since" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"held_until" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "event_endpoints_status" CHECK ("event_endpoints"."status" in ('enabled', 'disabled')),
	CONSTRAINT "event_endpoints_disabled" CHECK (("event_endpoints"."status" = 'disabled') = ("event_endpoints"."disabled_at" is not null)),
	CONSTRAINT "event_endpoints_failing" CHECK (("event_endpoints"."failing_since" is null) = ("event_endpoints"."failures" = 0))
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" text PRIMARY KEY NOT NULL,
	"position" bigserial NOT NULL,
	"dedupe_key" text NOT NULL,
	"type" text NOT NULL,
	"subject" text NOT NULL,
	"payload" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "events_type" CHECK ("events"."type" in ('invoice.paid', 'invoice.refunded', 'subscription.moved', 'subscription.past_due', 'subscription.active', 'subscription.paused', 'subscription.resumed', 'subscription.cancel_scheduled', 'subscription.cancel_undone', 'subscription.canceled', 'subscription.reactivated', 'subscription.updated', 'payment_method.linked', 'payment_method.updated', 'payment_method.removed'))
);
--> statement-breakpoint
ALTER TABLE "event_deliveries" ADD CONSTRAINT "event_deliveries_endpoint_id_event_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."event_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_deliveries" ADD CONSTRAINT "event_deliveries_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "event_deliveries_once" ON "event_deliveries" USING btree ("endpoint_id","event_id");--> statement-breakpoint
CREATE INDEX "event_deliveries_event" ON "event_deliveries" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "event_deliveries_due" ON "event_deliveries" USING btree ("due_at","id") WHERE "event_deliveries"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "event_deliveries_order" ON "event_deliveries" USING btree ("endpoint_id","subject","position") WHERE "event_deliveries"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "event_deliveries_created" ON "event_deliveries" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "event_deliveries_failed" ON "event_deliveries" USING btree ("created_at","id") WHERE "event_deliveries"."status" = 'failed';--> statement-breakpoint
CREATE UNIQUE INDEX "events_dedupe_key" ON "events" USING btree ("dedupe_key");--> statement-breakpoint
CREATE INDEX "events_created" ON "events" USING btree ("created_at","id");