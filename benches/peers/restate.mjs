// The small workflow on Restate: an event, a condition, a wait, and a send that is done once.
// Says over HTTP how many have come to their end.

import { createServer } from "node:http";
import * as restate from "@restatedev/restate-sdk";

const [port, countPort] = process.argv.slice(2).map(Number);
let done = 0;

const small = restate.service({
  name: "small",
  handlers: {
    run: async (ctx, event) => {
      if (event.plan !== "trial") return;
      await ctx.sleep(event.wait_ms);
      await ctx.run("send", () => "250 ok");
      done += 1;
    },
  },
});

createServer((_, answer) => answer.end(String(done))).listen(countPort, "127.0.0.1");
restate.serve({ services: [small], port });
