import { useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { accountsText as words } from "../../text/accounts";
import { shownScalar } from "../forms/scalar";
import { Members } from "./Members";
import { SetTrait } from "./SetTrait";

/** How often it looks for news. */
const LOOK_EVERY_MS = 5_000;

/** One account: what is known of it, and who belongs to it. */
export default function Account({ id }: { id: string }) {
  const [isSetting, setSetting] = useState(false);
  const account = useQuery({
    queryKey: ["account", id],
    queryFn: () => must(api.GET("/api/v1/accounts/{account}", { params: { path: { account: id } } })),
    refetchInterval: LOOK_EVERY_MS,
  });
  return (
    <div className="stack">
      <p className="small">
        <Link href="/accounts">{words.back}</Link>
      </p>
      <Loaded query={account}>
        {(account) => {
          const traits = Object.entries(account.traits);
          return (
            <>
              <div className="row apart">
                <div>
                  <h1>{String(account.traits.name ?? account.id)}</h1>
                  <p className="soft small">
                    {account.id} · {words.members(account.n_members)}
                  </p>
                </div>
                <Button onClick={() => setSetting(true)}>{words.set}</Button>
              </div>
              {account.telling ? <Notice title={words.telling} /> : null}
              <section className="card stack tight" aria-labelledby="account-traits">
                <h2 id="account-traits">{words.traits}</h2>
                {traits.length === 0 ? <p className="soft small">{words.noTraits}</p> : null}
                <dl className="facts">
                  {traits.map(([name, value]) => (
                    <Fragment key={name}>
                      <dt>{name}</dt>
                      <dd>
                        {typeof value === "object" ? JSON.stringify(value) : shownScalar(value)}{" "}
                        {account.sums.includes(name) ? <Badge>{words.sum}</Badge> : null}{" "}
                        {account.shared.includes(name) ? <Badge look="accent">{words.shared}</Badge> : null}
                      </dd>
                    </Fragment>
                  ))}
                </dl>
              </section>
              <Members account={id} />
              <SetTrait account={id} open={isSetting} onClose={() => setSetting(false)} />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
