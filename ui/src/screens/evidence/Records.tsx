import { classes, css } from "../../kit/kit";
import { Text } from "../../kit/Text";
import { count } from "../../words/format";
import own from "../screens.module.css";

const cell = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

export function Records({ records, rows }: { records: Record<string, unknown>[]; rows: number }) {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))].slice(0, 12);
  if (records.length === 0) return <p className={css.muted}>There are no records.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
      <div className={own.records} tabIndex={0} role="region" aria-label="Records">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  <Text value={column} clamp={60} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {records.map((record, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: stored records have no other order and never change
              <tr key={at}>
                {columns.map((column) => (
                  <td key={column}>
                    <Text value={cell(record[column])} clamp={160} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes(css.small, css.faint)}>
        {records.length.toLocaleString("en-US")} of {count(rows, "row")} shown. The raw pages hold all.
      </p>
    </>
  );
}
