import { useSession } from "../../app/session";
import { text } from "../../text/en";
import { Gate } from "./Gate";

/** The first visit: whoever comes first becomes the owner. */
export function SetUp() {
  const { setUp } = useSession();
  const words = text.setUp;
  return (
    <Gate
      title={words.title}
      lead={words.lead}
      submit={words.submit}
      fields={[
        { name: "name", label: words.name, autoComplete: "name" },
        { name: "email", label: words.email, type: "email", autoComplete: "username" },
        {
          name: "password",
          label: words.password,
          hint: words.passwordHint,
          type: "password",
          autoComplete: "new-password",
          minLength: 10,
        },
      ]}
      enter={({ name = "", email = "", password = "" }) => setUp({ name, email, password })}
    />
  );
}
