import { useState } from "react";
import type { AppState } from "../ipc/generated/AppState";
import type { CompanyCreated } from "../ipc/generated/CompanyCreated";
import type { Protection } from "../ipc/generated/Protection";
import { Steps } from "../kit/kit";
import { type CompanyDraft, CompanyStep } from "./start/CompanyStep";
import { ProfileStep } from "./start/ProfileStep";
import { RecoveryStep } from "./start/RecoveryStep";
import { lacksKeyStore, VaultStep } from "./start/VaultStep";
import { Welcome } from "./start/Welcome";

const STEPS = ["Company", "Vault", "Recovery key", "Profile"];

type Step = "welcome" | "company" | "vault" | "recovery" | "profile";

/** From nothing to an open company, a page a step. */
export function FirstRun({
  app,
  onStart,
  onDone,
  onBack,
}: {
  app: AppState;
  onStart: () => void;
  onDone: () => void;
  onBack?: (() => void) | undefined;
}) {
  const [step, setStep] = useState<Step>("welcome");
  const [draft, setDraft] = useState<CompanyDraft>(() => ({
    name: "",
    level: "2",
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "America/New_York",
  }));
  const [protection, setProtection] = useState<Protection>(lacksKeyStore(app.keyStore) ? "passphrase" : "standard");
  const [created, setCreated] = useState<CompanyCreated | null>(null);
  const steps = <Steps steps={STEPS} now={["company", "vault", "recovery", "profile"].indexOf(step)} />;

  if (step === "welcome") {
    return (
      <Welcome
        app={app}
        steps={steps}
        onCompany={() => {
          onStart();
          setStep("company");
        }}
        onDemo={onDone}
        onBack={onBack}
      />
    );
  }
  if (step === "company") {
    return (
      <CompanyStep
        steps={steps}
        draft={draft}
        onChange={setDraft}
        onBack={() => setStep("welcome")}
        onDone={() => setStep("vault")}
      />
    );
  }
  if (step === "vault") {
    return (
      <VaultStep
        steps={steps}
        keyStore={app.keyStore}
        draft={draft}
        protection={protection}
        onProtection={setProtection}
        onBack={() => setStep("company")}
        onCreated={(made) => {
          setCreated(made);
          setStep("recovery");
        }}
      />
    );
  }
  if (!created) return null;
  if (step === "recovery") {
    return (
      <RecoveryStep
        steps={steps}
        recoveryKey={created.recoveryKey}
        onDone={() => {
          // It is shown once: from here on nothing of the page holds it.
          setCreated({ ...created, recoveryKey: [] });
          setStep("profile");
        }}
      />
    );
  }
  return <ProfileStep steps={steps} created={created.company} onDone={onDone} />;
}
