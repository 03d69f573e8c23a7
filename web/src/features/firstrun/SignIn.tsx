import { useSession } from "../../app/session";
import { text } from "../../text/en";
import { Gate } from "./Gate";

export function SignIn() {
  const { signIn } = useSession();
  const words = text.signIn;
  return (
    <Gate
      title={words.title}
      submit={words.submit}
      fields={[
        { name: "email", label: words.email, type: "email", autoComplete: "username" },
        { name: "password", label: words.password, type: "password", autoComplete: "current-password" },
      ]}
      enter={({ email = "", password = "" }) => signIn(email, password)}
    />
  );
}
