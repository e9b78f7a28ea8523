import type { ReactNode } from "react";
import { CheckboxButton, CheckboxField } from "react-aria-components";
import { Icon } from "./Icon";
import { css } from "./kit";

/** A checkbox: by itself with `selected` and `onChange`, or with a `value` as one of a CheckboxGroup. */
export function Tick({
  value,
  selected,
  some = false,
  onChange,
  children,
}: {
  value?: string;
  selected?: boolean;
  /** Some, but not all, of what it stands for is ticked. */
  some?: boolean;
  onChange?: (selected: boolean) => void;
  children: ReactNode;
}) {
  return (
    <CheckboxField
      className={css.tickField ?? ""}
      {...(value === undefined ? {} : { value })}
      {...(selected === undefined ? {} : { isSelected: selected })}
      {...(onChange === undefined ? {} : { onChange })}
      isIndeterminate={some}
    >
      <CheckboxButton className={css.tick ?? ""}>
        {({ isSelected, isIndeterminate }) => (
          <>
            <span className={css.tickBox} aria-hidden="true">
              {isIndeterminate ? <Icon name="minus" size={14} /> : isSelected && <Icon name="check" size={14} />}
            </span>
            <span className={css.grow}>{children}</span>
          </>
        )}
      </CheckboxButton>
    </CheckboxField>
  );
}
