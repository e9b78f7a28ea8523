// How the host in memory answers what a provider has to be granted. Never part of the release: there the host does it.
import type { Access } from "./generated/Access";
import type { AccessFor } from "./generated/AccessFor";
import type { AccessScript } from "./generated/AccessScript";
import type { ProviderCard } from "./generated/ProviderCard";
import { CUSTOM, type Manifest } from "./manifest";

export interface Script {
  cloud: string;
  label: string;
  language: string;
  item: string;
  between: string;
  text: string;
}

/** A manifest as the host has it: with the templates of its scripts, which no screen reads. */
export interface SampleManifest extends Manifest {
  scripts: Script[];
}

export function grantingFor(card: ProviderCard, request: AccessFor): Access {
  const manifest = card.manifest as SampleManifest;
  const named = request.cloud ?? manifest.clouds[0]?.id ?? CUSTOM;
  const cloud = named === CUSTOM ? manifest.custom.likeDefault : named;
  const ids = new Set(request.checks ?? card.checks.map((one) => one.id));
  const read = new Set(card.checks.filter((one) => ids.has(one.id)).flatMap((one) => one.datasets));
  const readByAny = new Set(card.checks.flatMap((one) => one.datasets));
  const evidenceOnly = card.datasets.filter((one) => !readByAny.has(one.id));
  const wanted = card.datasets.filter((one) => read.has(one.id) || (request.evidence && evidenceOnly.includes(one)));
  const needed = manifest.permissions.filter((one) =>
    wanted.some(({ permissions }) => permissions.includes(one.grant)),
  );
  const granted = new Set(needed.map((one) => one.grant));
  const lost = card.datasets.filter((one) => !one.permissions.every((grant) => granted.has(grant)));
  return {
    cloud,
    permissions: needed.map(({ grant, why, licence, optional }) => ({
      grant,
      why,
      licence,
      optional,
      datasets: wanted.filter((one) => one.permissions.includes(grant)).map((one) => one.id),
    })),
    scripts: granted.size === 0 ? [] : scripts(manifest, cloud, [...granted]),
    checks: card.checks.map((one) => one.id),
    evidenceOnly,
    lostChecks: card.checks
      .filter((one) => one.datasets.some((id) => lost.some((dataset) => dataset.id === id)))
      .map((one) => one.id),
    lostDatasets: lost.map((one) => one.id),
  };
}

function scripts(manifest: SampleManifest, cloud: string, grants: string[]): AccessScript[] {
  return manifest.scripts
    .filter((script) => script.cloud === "*" || script.cloud === cloud)
    .map((script) => ({
      label: script.label,
      language: script.language,
      text: script.text
        .replaceAll("{{permissions}}", grants.map((one) => script.item.replaceAll("{}", one)).join(script.between))
        .replaceAll("{{cloud}}", cloud),
    }));
}
