//! What it costs to render an e-mail: 5 KB with a loop over ten items, here and by another engine for the same e-mail.
//!
//! minijinja gets its data converted beforehand, which is the quickest it can have them. What both write must be the
//! same but for white space and how a slash is escaped, or nothing is measured.

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use cpu_time::ThreadTime;
use serde_json::{Value, json};
use wend_liquid::{Escape, Locale, RenderOptions, Template};

use crate::report::Report;
use crate::scale::Scale;

/// The e-mail in both languages.
const LIQUID: &str = include_str!("templates/mail.liquid");
const JINJA: &str = include_str!("templates/mail.jinja");

/// How large the e-mail is at least, as it is sent.
const MAIL_BYTES_MIN: usize = 5_000;

/// How many renderings a round has, and how many rounds there are at most: the quickest one counts.
const RENDERS: u64 = 2_000;
const ROUNDS_MAX: u64 = 20;

/// What the contact and the order say.
fn data() -> Value {
    let item = |n: u32| {
        json!({
            "title": format!("Linen shirt no. {n} & belt"),
            "image": format!("https://cdn.shop.example/img/{n}.jpg?w=64&h=64"),
            "url": format!("https://shop.example/p/linen-shirt-{n}"),
            "vendor": "Weavers",
            "variant": if n.is_multiple_of(2) { json!("M") } else { Value::Null },
            "quantity": n,
            "price": 19.9 + f64::from(n),
        })
    };
    json!({
        "shop": { "name": "Thread & Needle", "url": "https://shop.example", "address": "Lindenstr. 3, Berlin" },
        "contact": {
            "id": "c_01", "first_name": "Ada", "email": "Ada@Example.org", "tier": "silver", "points": 120,
            "address": { "street": "Main Street 1", "postcode": "10117", "city": "berlin", "country": "DE" },
        },
        "order": {
            "number": "A-1023", "warehouse": {}, "items": (1..=10).map(item).collect::<Vec<_>>(), "subtotal": 254.0,
            "discount": 10.5, "delivery": 0, "total": 243.5, "currency": "EUR", "at": "2026-03-14T15:09:26Z",
        },
    })
}

/// Renders a second of processor time, in the quickest round.
fn rate(n_rounds: u64, mut render: impl FnMut() -> anyhow::Result<String>) -> anyhow::Result<f64> {
    let mut best = Duration::MAX;
    for _ in 0..n_rounds {
        let began = ThreadTime::now();
        for _ in 0..RENDERS {
            black_box(render()?);
        }
        best = best.min(began.elapsed());
    }
    Ok(RENDERS as f64 / best.as_secs_f64())
}

/// What a reader sees: white space and entities aside.
fn seen(html: &str) -> String {
    html.split_whitespace().collect::<Vec<_>>().join(" ").replace("&#x2f;", "/")
}

/// Measures both engines in turns.
pub fn measure(scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    let data = data();
    let options = RenderOptions { escape: Escape::Html, ..RenderOptions::new(jiff::Timestamp::UNIX_EPOCH) };
    let template = Template::parse(LIQUID)?;
    let mut environment = minijinja::Environment::new();
    environment.add_template("mail.html", JINJA)?;
    let other = environment.get_template("mail.html")?;
    let other_data = minijinja::Value::from_serialize(&data);

    let (ours, theirs) = (template.render(&data, &options)?, other.render(&other_data)?);
    ensure!(seen(&ours) == seen(&theirs), "the two e-mails differ:\n{ours}\n{theirs}");
    ensure!(ours.len() >= MAIL_BYTES_MIN, "the e-mail has {} bytes", ours.len());

    let n_rounds = (scale.n_events / RENDERS).clamp(1, ROUNDS_MAX);
    let (mut liquid, mut minijinja) = (0.0_f64, 0.0_f64);
    // In turns, so that what the machine does besides meets both.
    for _ in 0..n_rounds {
        liquid = liquid.max(rate(1, || Ok(template.render(black_box(&data), &options)?))?);
        minijinja = minijinja.max(rate(1, || Ok(other.render(black_box(&other_data))?))?);
    }
    report.note("templates", "size of the e-mail", ours.len() as f64, "bytes");
    report.goal("templates", "Liquid: renders", liquid, "a second of CPU", "30,000");
    report.note("templates", "minijinja: renders of the same e-mail", minijinja, "a second of CPU");
    report.goal("templates", "Liquid beside minijinja", liquid / minijinja, "times", "1.0");

    let local = LIQUID
        .replace("{{ item.price }}", "{{ item.price | money: order.currency }}")
        .replace("{{ order.number }}</strong>", "{{ order.number }}</strong> of {{ order.at | local_date }}");
    let template = Template::parse(&local)?;
    let options = RenderOptions { locale: Locale::named("de").context("German is known")?, ..options };
    let rate = rate(n_rounds, || Ok(template.render(black_box(&data), &options)?))?;
    report.note(
        "templates",
        "the same with ten amounts of money and a date in German",
        rate,
        "a second of CPU",
    );
    let rate = self::rate(n_rounds.min(3), || {
        black_box(Template::parse(black_box(LIQUID))?);
        Ok(String::new())
    })?;
    report.note("templates", "compiling the template", rate, "a second of CPU");
    Ok(())
}
