ALTER TABLE "subscriptions" ADD COLUMN "former_charge_on" date;--> statement-breakpoint
-- What was moved before has it from the entry of its move, where the day was still to come then.
UPDATE "subscriptions" SET "former_charge_on" = ("audit_log"."change" ->> 'lastExternalOn')::date FROM "audit_log"
WHERE "audit_log"."action" = 'subscription.moved' AND "audit_log"."subject" = "subscriptions"."id" AND "audit_log"."change" ->> 'lastExternalOn' IS NOT NULL;
