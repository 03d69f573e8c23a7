import { lazy, Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { Loaded } from "../design/Loaded";
import { SetUp } from "../features/firstrun/SetUp";
import { SignIn } from "../features/firstrun/SignIn";
import { text } from "../text/en";
import { Boundary } from "./Boundary";
import { Shell } from "./Shell";
import { useWho } from "./session";

const Start = lazy(() => import("../features/firstrun/Start"));
const Overview = lazy(() => import("../features/overview/Overview"));
const Workflows = lazy(() => import("../features/workflows/Workflows"));
const Workflow = lazy(() => import("../features/workflows/Workflow"));
const Test = lazy(() => import("../features/tests/Test"));
const Contacts = lazy(() => import("../features/contacts/Contacts"));
const Contact = lazy(() => import("../features/contacts/Contact"));
const Segments = lazy(() => import("../features/segments/Segments"));
const Segment = lazy(() => import("../features/segments/Segment"));
const List = lazy(() => import("../features/segments/List"));
const Templates = lazy(() => import("../features/content/Templates"));
const Template = lazy(() => import("../features/content/Template"));
const Messages = lazy(() => import("../features/messages/Messages"));
const Message = lazy(() => import("../features/messages/Message"));
const Policies = lazy(() => import("../features/policies/Policies"));
const Reports = lazy(() => import("../features/reports/Reports"));
const System = lazy(() => import("../features/system/System"));
const Imports = lazy(() => import("../features/imports/Imports"));
const Import = lazy(() => import("../features/imports/Import"));
const Suppressions = lazy(() => import("../features/consent/Suppressions"));
const Exports = lazy(() => import("../features/exports/Exports"));
const Accounts = lazy(() => import("../features/accounts/Accounts"));
const Account = lazy(() => import("../features/accounts/Account"));
const Tasks = lazy(() => import("../features/tasks/Tasks"));
const Settings = lazy(() => import("../features/settings/Settings"));

export function App() {
  const who = useWho();
  const [location] = useLocation();
  return (
    <Loaded query={who}>
      {({ is_new, person }) => {
        if (is_new) return <SetUp />;
        if (!person) return <SignIn />;
        return (
          <Shell person={person}>
            <Boundary key={location}>
              <Suspense
                fallback={
                  <p className="soft" role="status">
                    {text.loading}
                  </p>
                }
              >
                <Switch>
                  <Route path="/">
                    <Overview />
                  </Route>
                  <Route path="/start">
                    <Start />
                  </Route>
                  <Route path="/workflows">
                    <Workflows />
                  </Route>
                  <Route path="/workflows/:name/:tab?">
                    {({ name, tab }) => <Workflow key={name} name={name} tab={tab ?? "canvas"} />}
                  </Route>
                  <Route path="/tests/:name">{({ name }) => <Test key={name} name={name} />}</Route>
                  <Route path="/contacts">
                    <Contacts />
                  </Route>
                  <Route path="/contacts/:reference/:tab?">
                    {({ reference, tab }) => (
                      <Contact
                        key={reference}
                        reference={decodeURIComponent(reference)}
                        tab={tab ?? "timeline"}
                      />
                    )}
                  </Route>
                  <Route path="/segments">
                    <Segments />
                  </Route>
                  <Route path="/segments/:name/:tab?">
                    {({ name, tab }) => <Segment key={name} name={name} tab={tab ?? "rule"} />}
                  </Route>
                  <Route path="/lists/:name">{({ name }) => <List key={name} name={name} />}</Route>
                  <Route path="/templates">
                    <Templates />
                  </Route>
                  <Route path="/templates/:name">{({ name }) => <Template key={name} name={name} />}</Route>
                  <Route path="/messages">
                    <Messages />
                  </Route>
                  <Route path="/messages/:id">{({ id }) => <Message key={id} id={id} />}</Route>
                  <Route path="/policies">
                    <Policies />
                  </Route>
                  <Route path="/reports">
                    <Reports />
                  </Route>
                  <Route path="/system/:tab?">{({ tab }) => <System tab={tab ?? "health"} />}</Route>
                  <Route path="/imports">
                    <Imports />
                  </Route>
                  <Route path="/imports/:id">{({ id }) => <Import key={id} id={id} />}</Route>
                  <Route path="/exports">
                    <Exports />
                  </Route>
                  <Route path="/accounts">
                    <Accounts />
                  </Route>
                  <Route path="/accounts/:id">
                    {({ id }) => <Account key={id} id={decodeURIComponent(id)} />}
                  </Route>
                  <Route path="/suppressions">
                    <Suppressions />
                  </Route>
                  <Route path="/tasks">
                    <Tasks />
                  </Route>
                  <Route path="/settings">
                    <Settings />
                  </Route>
                  <Route>
                    <Redirect to="/" />
                  </Route>
                </Switch>
              </Suspense>
            </Boundary>
          </Shell>
        );
      }}
    </Loaded>
  );
}
