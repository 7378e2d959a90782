use super::*;

#[test]
fn figures_are_written_as_the_language_does() {
    let nbsp = |text: &str| text.replace('_', "\u{202f}").replace('~', "\u{a0}");
    for (lang, figures) in [
        (Lang::En, ["1,234,567.50", "-0.0000000676", "<0.01", "33.3%"]),
        (Lang::Fr, ["1_234_567,50", "-0,0000000676", "<0,01", "33,3~%"]),
        (Lang::Es, ["1.234.567,50", "-0,0000000676", "<0,01", "33,3~%"]),
        (Lang::Id, ["1.234.567,50", "-0,0000000676", "<0,01", "33,3%"]),
        (Lang::Zh, ["1,234,567.50", "-0.0000000676", "<0.01", "33.3%"]),
        (Lang::De, ["1.234.567,50", "-0,0000000676", "<0,01", "33,3~%"]),
    ] {
        let tongue = Tongue::of(lang);
        let said = ["1,234,567.50", "-0.0000000676", "<0.01", "33.3%"].map(|of| tongue.number(of));
        assert_eq!(said, figures.map(nbsp), "{lang:?}");
        assert_eq!(tongue.number("12.6 MB"), "12.6 MB");
    }
}

#[test]
fn days_and_amounts_are_written_as_the_language_does() {
    let told = |lang| {
        let tongue = Tongue::of(lang);
        let day = tongue.date("2026-10-31").unwrap_or_default();
        let month = tongue.date("2026-10").unwrap_or_default();
        format!("{day} | {month} | {}", tongue.amount("1,234.50", "EUR"))
    };
    let told: Vec<String> =
        Lang::ALL.iter().map(|lang| told(*lang).replace(['\u{a0}', '\u{202f}'], "~")).collect();
    let expected = [
        " |  | 1,234.50 EUR",
        "31 oct. 2026 | oct. 2026 | 1~234,50~EUR",
        "31 oct 2026 | oct 2026 | 1234,50~EUR",
        "31 Okt 2026 | Okt 2026 | EUR~1.234,50",
        "2026年10月31日 | 2026年10月 | EUR~1,234.50",
        "31.10.2026 | 10/2026 | 1.234,50~EUR",
    ];
    assert_eq!(told, expected);
}

#[test]
fn every_language_has_every_message_with_its_holes() {
    let holes = |text: &str| {
        let mut holes: Vec<&str> = text.split('{').skip(1).collect();
        holes.sort_unstable();
        holes.len()
    };
    let all: Vec<(Lang, &Catalogue)> = catalogue::FILES
        .map(|(lang, _)| (lang, Catalogue::of(lang).unwrap()))
        .into_iter()
        .collect();
    let messages = |catalogue: &Catalogue| {
        let mut all: Vec<String> =
            catalogue.messages().map(|(message, _)| message.to_owned()).collect();
        all.sort_unstable();
        all
    };
    let first = messages(all[0].1);
    assert!(first.len() > 100, "{} messages", first.len());
    for (lang, catalogue) in &all {
        assert_eq!(messages(catalogue), first, "{lang:?}");
        for (message, said) in catalogue.messages() {
            assert_eq!(holes(message), holes(said), "{lang:?}: {message}");
            assert!(!said.trim().is_empty(), "{lang:?}: {message}");
        }
    }
}
