import type { ButtonHTMLAttributes } from "react";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: "main" | "danger" | "plain";
  size?: "small";
};

export function Button({ look, size, className, type = "button", ...rest }: Props) {
  const classes = ["button", look, size, className].filter(Boolean).join(" ");
  return <button type={type} className={classes} {...rest} />;
}
