-- The release before left accepted charges whose session it could not read to a person, without a time. Now they are read
-- again once a day: a day after the answer, which is over for most of them, so at once.
UPDATE "charge_attempts" SET "due_at" = coalesce("accepted_at", "sent_at", "created_at") + interval '1 day'
WHERE "status" = 'accepted' AND "due_at" IS NULL AND "payment_session_id" IS NOT NULL;
