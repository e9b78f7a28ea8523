import { useState } from "react";
import { useSession } from "../../app/session";
import type { EvidenceItem } from "../../ipc/generated/EvidenceItem";
import { AFTER_COLLECTING, useCommand } from "../../ipc/hooks";
import { Field } from "../../kit/fields";
import { Button, classes, css, ErrorNote, Section } from "../../kit/kit";

export function Review({ item }: { item: EvidenceItem }) {
  const { name, setName } = useSession();
  const [why, setWhy] = useState("");
  const [wrong, setWrong] = useState<{ by?: string; why?: string }>({});
  const review = useCommand("review_evidence", AFTER_COLLECTING);
  const send = (verdict: "approved" | "rejected") => {
    const found: { by?: string; why?: string } = {};
    if (!name.trim()) found.by = "Write your name: a review is always a person's.";
    if (verdict === "rejected" && !why.trim()) found.why = "Say why it is rejected.";
    setWrong(found);
    if (found.by || found.why) return;
    review.mutate(
      { id: item.id, revision: item.revision, review: verdict, by: name.trim(), why: why.trim() || null },
      { onSuccess: () => setWhy("") },
    );
  };
  return (
    <Section title="Review">
      <div className={css.stack}>
        <p className={classes(css.small, css.muted)}>
          Approving says that revision {item.revision} is a good artifact. It decides no objective.
        </p>
        <Field
          label="Your name"
          value={name}
          onChange={setName}
          autoComplete="name"
          required
          error={wrong.by ?? null}
        />
        <Field
          label="Why (required for a rejection)"
          kind="multiline"
          rows={2}
          value={why}
          onChange={setWhy}
          error={wrong.why ?? null}
        />
        {review.error && <ErrorNote error={review.error} />}
        <div className={css.row}>
          <Button kind="danger" icon="x" isDisabled={review.isPending} onPress={() => send("rejected")}>
            Reject
          </Button>
          <Button kind="primary" icon="check" busy={review.isPending} onPress={() => send("approved")}>
            Approve
          </Button>
        </div>
      </div>
    </Section>
  );
}
