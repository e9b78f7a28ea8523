import { Link } from "@tanstack/react-router";
import { useSession } from "../app/session";
import { Callout } from "../kit/kit";
import { Text } from "../kit/Text";

/** What there is to know about the vault. It stays until its cause is gone: nobody can wave it away. */
export function Warnings({ link = false }: { link?: boolean }) {
  const { warnings } = useSession().company;
  return warnings.map((warning) => (
    <Callout key={warning} tone="warn" icon="alert" role="note">
      <Text value={warning} />{" "}
      {link && (
        <Link to="/settings" search={{ part: "vault" }}>
          Open the vault's settings
        </Link>
      )}
    </Callout>
  ));
}
