import { useEffect, useRef } from "react";
import { Icon, Logo } from "../../kit/Icon";
import start from "../start.module.css";

/** The page around everything that is shown before a company is open. */
export function Frame({
  steps,
  foot,
  children,
}: {
  steps?: React.ReactNode;
  foot?: React.ReactNode;
  children: React.ReactNode;
}) {
  // Each step is a page of its own: who reads by ear or moves by keys goes on from its top.
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) main.current?.focus();
  }, []);
  return (
    <div className={start.frame}>
      <header className={start.left}>
        <div className={start.brand}>
          <Logo />
          CMMCPro
        </div>
        <p className={start.motto}>Connect once, evidence from then on.</p>
        {steps}
        <p className={start.promise}>
          <Icon name="laptop" size={14} />
          <span>Everything stays on this computer: no account, no cloud copy, nothing sent to us.</span>
        </p>
      </header>
      <main className={start.right} ref={main} tabIndex={-1}>
        <div className={start.body}>{children}</div>
        {foot && <div className={start.foot}>{foot}</div>}
      </main>
    </div>
  );
}
