//! What the pages say, in the languages that they speak.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// The most of a browser's languages that are looked at.
const LANGUAGES_MAX: usize = 20;

/// What the pages say in one language. `{}` stands for a value.
#[derive(Debug)]
pub(crate) struct Words {
    pub language: &'static str,
    pub unsubscribe: &'static str,
    pub unsubscribe_from: &'static str,
    pub unsubscribe_from_at: &'static str,
    pub unsubscribe_from_all: &'static str,
    pub unsubscribed: &'static str,
    pub unsubscribed_from: &'static str,
    pub unsubscribed_from_all: &'static str,
    pub choose: &'static str,
    pub preferences: &'static str,
    pub preferences_of: &'static str,
    pub topics: &'static str,
    pub ways: &'static str,
    pub frequency: &'static str,
    pub frequency_any: &'static str,
    pub frequency_day: &'static str,
    pub frequency_week: &'static str,
    pub frequency_month: &'static str,
    pub frequency_kept: &'static str,
    pub pause: &'static str,
    pub pause_none: &'static str,
    pub pause_week: &'static str,
    pub pause_month: &'static str,
    pub pause_quarter: &'static str,
    pub pause_until: &'static str,
    pub save: &'static str,
    pub saved: &'static str,
    pub too_old: &'static str,
    pub confirm: &'static str,
    pub confirm_question: &'static str,
    pub confirmed: &'static str,
    pub confirmed_thanks: &'static str,
    pub confirm_too_old: &'static str,
    pub wrong_link: &'static str,
    pub wrong_link_hint: &'static str,
    pub trouble: &'static str,
    pub trouble_hint: &'static str,
    pub email: &'static str,
    pub sms: &'static str,
    pub push: &'static str,
}

static EN: Words = Words {
    language: "en",
    unsubscribe: "Unsubscribe",
    unsubscribe_from: "Do you no longer want to receive “{}”?",
    unsubscribe_from_at: "This is about messages to {}.",
    unsubscribe_from_all: "Unsubscribe from everything",
    unsubscribed: "You are unsubscribed",
    unsubscribed_from: "You will no longer receive “{}”.",
    unsubscribed_from_all: "You will no longer receive any of our marketing messages.",
    choose: "Choose what you receive",
    preferences: "Your preferences",
    preferences_of: "Choose what you receive at {}.",
    topics: "What you receive",
    ways: "How you receive it",
    frequency: "How often at most",
    frequency_any: "As it comes",
    frequency_day: "One message a day",
    frequency_week: "One message a week",
    frequency_month: "One message in 30 days",
    frequency_kept: "{} messages in {}",
    pause: "Pause",
    pause_none: "No pause",
    pause_week: "Pause for a week",
    pause_month: "Pause for 30 days",
    pause_quarter: "Pause for 90 days",
    pause_until: "Paused until {}",
    save: "Save",
    saved: "Your choice is saved.",
    too_old: "This link is older than 90 days, so it can only unsubscribe you. Our next message has a fresh one.",
    confirm: "Confirm your subscription",
    confirm_question: "Do you want to receive “{}”?",
    confirmed: "You are subscribed",
    confirmed_thanks: "You will receive “{}”. Thank you!",
    confirm_too_old: "This link is older than 30 days. Please subscribe again, and we send you a new one.",
    wrong_link: "This link does not work",
    wrong_link_hint: "Perhaps it was cut off when it was copied. Please open it from the message again.",
    trouble: "This did not work just now",
    trouble_hint: "Nothing was changed. Please try again in a few minutes.",
    email: "E-mail",
    sms: "Text message",
    push: "Notification on a device",
};

static DE: Words = Words {
    language: "de",
    unsubscribe: "Abmelden",
    unsubscribe_from: "Möchten Sie „{}“ nicht mehr erhalten?",
    unsubscribe_from_at: "Es geht um Nachrichten an {}.",
    unsubscribe_from_all: "Von allem abmelden",
    unsubscribed: "Sie sind abgemeldet",
    unsubscribed_from: "Sie erhalten „{}“ nicht mehr.",
    unsubscribed_from_all: "Sie erhalten keine Werbung mehr von uns.",
    choose: "Auswählen, was Sie erhalten",
    preferences: "Ihre Einstellungen",
    preferences_of: "Wählen Sie, was Sie an {} erhalten.",
    topics: "Was Sie erhalten",
    ways: "Wie Sie es erhalten",
    frequency: "Wie oft höchstens",
    frequency_any: "Wie es kommt",
    frequency_day: "Eine Nachricht am Tag",
    frequency_week: "Eine Nachricht in der Woche",
    frequency_month: "Eine Nachricht in 30 Tagen",
    frequency_kept: "{} Nachrichten in {}",
    pause: "Pause",
    pause_none: "Keine Pause",
    pause_week: "Eine Woche Pause",
    pause_month: "30 Tage Pause",
    pause_quarter: "90 Tage Pause",
    pause_until: "Pause bis {}",
    save: "Speichern",
    saved: "Ihre Auswahl ist gespeichert.",
    too_old: "Dieser Link ist älter als 90 Tage und kann Sie deshalb nur noch abmelden. In unserer nächsten Nachricht \
              steht ein neuer.",
    confirm: "Anmeldung bestätigen",
    confirm_question: "Möchten Sie „{}“ erhalten?",
    confirmed: "Sie sind angemeldet",
    confirmed_thanks: "Sie erhalten „{}“. Vielen Dank!",
    confirm_too_old: "Dieser Link ist älter als 30 Tage. Bitte melden Sie sich noch einmal an, dann senden wir Ihnen \
                      einen neuen.",
    wrong_link: "Dieser Link funktioniert nicht",
    wrong_link_hint: "Vielleicht wurde er beim Kopieren abgeschnitten. Bitte öffnen Sie ihn noch einmal aus der Nachricht.",
    trouble: "Das hat gerade nicht geklappt",
    trouble_hint: "Es wurde nichts geändert. Bitte versuchen Sie es in ein paar Minuten noch einmal.",
    email: "E-Mail",
    sms: "SMS",
    push: "Mitteilung auf einem Gerät",
};

static FR: Words = Words {
    language: "fr",
    unsubscribe: "Se désabonner",
    unsubscribe_from: "Ne voulez-vous plus recevoir « {} » ?",
    unsubscribe_from_at: "Il s’agit des messages envoyés à {}.",
    unsubscribe_from_all: "Se désabonner de tout",
    unsubscribed: "Vous êtes désabonné(e)",
    unsubscribed_from: "Vous ne recevrez plus « {} ».",
    unsubscribed_from_all: "Vous ne recevrez plus aucun de nos messages commerciaux.",
    choose: "Choisir ce que vous recevez",
    preferences: "Vos préférences",
    preferences_of: "Choisissez ce que vous recevez à {}.",
    topics: "Ce que vous recevez",
    ways: "Comment vous le recevez",
    frequency: "À quelle fréquence au maximum",
    frequency_any: "Sans limite",
    frequency_day: "Un message par jour",
    frequency_week: "Un message par semaine",
    frequency_month: "Un message en 30 jours",
    frequency_kept: "{} messages en {}",
    pause: "Pause",
    pause_none: "Pas de pause",
    pause_week: "Pause d’une semaine",
    pause_month: "Pause de 30 jours",
    pause_quarter: "Pause de 90 jours",
    pause_until: "En pause jusqu’au {}",
    save: "Enregistrer",
    saved: "Votre choix est enregistré.",
    too_old: "Ce lien a plus de 90 jours : il ne permet plus que de vous désabonner. Notre prochain message en \
              contiendra un nouveau.",
    confirm: "Confirmer votre abonnement",
    confirm_question: "Voulez-vous recevoir « {} » ?",
    confirmed: "Vous êtes abonné(e)",
    confirmed_thanks: "Vous recevrez « {} ». Merci !",
    confirm_too_old: "Ce lien a plus de 30 jours. Abonnez-vous de nouveau et nous vous en enverrons un autre.",
    wrong_link: "Ce lien ne fonctionne pas",
    wrong_link_hint: "Il a peut-être été coupé en le copiant. Ouvrez-le de nouveau depuis le message.",
    trouble: "Cela n’a pas fonctionné pour l’instant",
    trouble_hint: "Rien n’a été modifié. Réessayez dans quelques minutes.",
    email: "E-mail",
    sms: "SMS",
    push: "Notification sur un appareil",
};

static ES: Words = Words {
    language: "es",
    unsubscribe: "Darse de baja",
    unsubscribe_from: "¿Ya no quiere recibir «{}»?",
    unsubscribe_from_at: "Se trata de los mensajes a {}.",
    unsubscribe_from_all: "Darse de baja de todo",
    unsubscribed: "Se ha dado de baja",
    unsubscribed_from: "Ya no recibirá «{}».",
    unsubscribed_from_all: "Ya no recibirá ninguno de nuestros mensajes comerciales.",
    choose: "Elegir lo que recibe",
    preferences: "Sus preferencias",
    preferences_of: "Elija lo que recibe en {}.",
    topics: "Lo que recibe",
    ways: "Cómo lo recibe",
    frequency: "Con qué frecuencia como máximo",
    frequency_any: "Sin límite",
    frequency_day: "Un mensaje al día",
    frequency_week: "Un mensaje a la semana",
    frequency_month: "Un mensaje cada 30 días",
    frequency_kept: "{} mensajes en {}",
    pause: "Pausa",
    pause_none: "Sin pausa",
    pause_week: "Pausa de una semana",
    pause_month: "Pausa de 30 días",
    pause_quarter: "Pausa de 90 días",
    pause_until: "En pausa hasta el {}",
    save: "Guardar",
    saved: "Su elección está guardada.",
    too_old: "Este enlace tiene más de 90 días, por lo que solo permite darse de baja. Nuestro próximo mensaje llevará \
              uno nuevo.",
    confirm: "Confirmar la suscripción",
    confirm_question: "¿Quiere recibir «{}»?",
    confirmed: "Está suscrito",
    confirmed_thanks: "Recibirá «{}». ¡Gracias!",
    confirm_too_old: "Este enlace tiene más de 30 días. Suscríbase de nuevo y le enviaremos otro.",
    wrong_link: "Este enlace no funciona",
    wrong_link_hint: "Quizá se cortó al copiarlo. Ábralo de nuevo desde el mensaje.",
    trouble: "No ha funcionado en este momento",
    trouble_hint: "No se ha cambiado nada. Inténtelo de nuevo en unos minutos.",
    email: "Correo electrónico",
    sms: "SMS",
    push: "Notificación en un dispositivo",
};

static IT: Words = Words {
    language: "it",
    unsubscribe: "Annulla l’iscrizione",
    unsubscribe_from: "Non vuole più ricevere «{}»?",
    unsubscribe_from_at: "Riguarda i messaggi a {}.",
    unsubscribe_from_all: "Annulla tutte le iscrizioni",
    unsubscribed: "L’iscrizione è annullata",
    unsubscribed_from: "Non riceverà più «{}».",
    unsubscribed_from_all: "Non riceverà più i nostri messaggi commerciali.",
    choose: "Scegliere che cosa ricevere",
    preferences: "Le sue preferenze",
    preferences_of: "Scelga che cosa ricevere a {}.",
    topics: "Che cosa riceve",
    ways: "Come lo riceve",
    frequency: "Quanto spesso al massimo",
    frequency_any: "Senza limite",
    frequency_day: "Un messaggio al giorno",
    frequency_week: "Un messaggio alla settimana",
    frequency_month: "Un messaggio ogni 30 giorni",
    frequency_kept: "{} messaggi in {}",
    pause: "Pausa",
    pause_none: "Nessuna pausa",
    pause_week: "Pausa di una settimana",
    pause_month: "Pausa di 30 giorni",
    pause_quarter: "Pausa di 90 giorni",
    pause_until: "In pausa fino al {}",
    save: "Salva",
    saved: "La scelta è salvata.",
    too_old: "Questo link ha più di 90 giorni, perciò permette solo di annullare l’iscrizione. Il nostro prossimo \
              messaggio ne conterrà uno nuovo.",
    confirm: "Conferma l’iscrizione",
    confirm_question: "Vuole ricevere «{}»?",
    confirmed: "L’iscrizione è attiva",
    confirmed_thanks: "Riceverà «{}». Grazie!",
    confirm_too_old: "Questo link ha più di 30 giorni. Si iscriva di nuovo e gliene invieremo un altro.",
    wrong_link: "Questo link non funziona",
    wrong_link_hint: "Forse è stato tagliato durante la copia. Lo apra di nuovo dal messaggio.",
    trouble: "Al momento non ha funzionato",
    trouble_hint: "Non è stato modificato nulla. Riprovi tra qualche minuto.",
    email: "E-mail",
    sms: "SMS",
    push: "Notifica su un dispositivo",
};

/// All languages; the first stands in for those that aren't here.
pub(crate) static ALL: [&Words; 5] = [&EN, &DE, &FR, &ES, &IT];

/// The language of a tag such as `de-AT` or `fr_CA`, if the pages speak it.
fn spoken(tag: &str) -> Option<&'static Words> {
    let language = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    ALL.into_iter().find(|words| words.language == language)
}

/// What a page says: in the contact's language, else in the best of the browser's, else in English.
pub(crate) fn words(locale: Option<&str>, headers: &HeaderMap) -> &'static Words {
    if let Some(words) = locale.and_then(spoken) {
        return words;
    }
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let weighed = accepted.split(',').take(LANGUAGES_MAX).filter_map(|part| {
        let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
        let words = spoken(tag)?;
        (weight > 0.0).then_some((weight, words))
    });
    // Of equal weights the first counts.
    let best = weighed.fold(None, |best: Option<(f32, &'static Words)>, (weight, words)| match best {
        Some((known, _)) if known >= weight => best,
        _ => Some((weight, words)),
    });
    best.map_or(ALL[0], |(_, words)| words)
}

/// A text with a value in its first gap.
pub(crate) fn with(text: &str, value: &str) -> String {
    text.replacen("{}", value, 1)
}
