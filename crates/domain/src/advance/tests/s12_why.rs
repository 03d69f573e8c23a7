//! Why: a whole story, told from the records.

use super::play::play;

#[test]
fn s12_1_the_records_tell_what_was_decided_by_which_rule_with_which_values() {
    let portfolio = "
workflow: cart
title: Cart
category: offers
priority: 60
trigger: { event: Cart, where: { n: { gte: 1 } } }
key: cart
again: refresh
goals:
  - { event: Ordered, where: { cart: { eq: $trigger.cart } }, within: 5d, value: total, exit: true }
steps:
  - id: cool
    wait_for:
      - { event: Checkout, then: [ { id: soon, wait: 20m } ] }
    timeout: 1h
  - { id: mail, send: { email: cart } }
  - { id: morning, wait: { until: \"10:00\", after: 12h, zone: contact } }
  - { id: nudge, send: { push: nudge } }
---
workflow: thanks
title: Thanks
category: service
trigger: { event: Ordered }
reentry: always
steps:
  - { id: count, update: { traits: { orders: { add: 1 } } } }
  - { id: receipt, send: { email: receipt } }
---
segment: buyers
title: Buyers
where: { trait: orders, gte: 1 }
---
timezone: Europe/Berlin
categories:
  offers: { title: Offers }
  service: { title: Service, transactional: true }
quiet_hours: { channels: [email], from: \"21:00\", to: \"08:00\" }
caps:
  - { channels: [email], categories: [offers], max: 1, per: 7d, then: drop }
";
    let script = "
        provider accepted temporary accepted
        +0m traits {\"email\": \"ann@b.example\", \"timezone\": \"Europe/Berlin\"}
        +19h30m event Cart {\"cart\": 1, \"n\": 2}
        +19h40m event Cart {\"cart\": 1, \"n\": 3}
        +19h50m event Checkout
        +2d event Cart {\"cart\": 2, \"n\": 1}
        +2d30m event Ordered {\"cart\": 1, \"total\": 40}
        +2d50m event Ordered {\"cart\": 2, \"total\": 60}
        +2d50m event Ordered {\"cart\": 2, \"total\": 60} id happening 6
        +2d51m event Unsubscribed {\"category\": \"offers\"}
        +3d event Cart {\"cart\": 3, \"n\": 1}
        until 3d2h";
    insta::assert_snapshot!(play(portfolio, script).text());
}
