//! Measures `eventwire` beside other parsers of event streams, and beside the limits of the machine.
//!
//! | file | what is decided there |
//! |---|---|
//! | `contestants/`, `contestant.rs` | who takes part, and how each is driven |
//! | `case.rs` | the streams and the ways in which they are cut |
//! | `sink.rs` | how results are consumed and checked |
//! | `measure.rs` | turns, rounds, medians |
//! | `encode.rs`, `encode/` | the other direction: who writes streams, and how fast |
//! | `hostile.rs`, `idle.rs`, `child.rs` | what has a process of its own: hostile streams, and the memory of waiting parsers |
//! | `budgets.rs` | how fast and how small `eventwire` has to be |
//! | `results.rs`, `text.rs`, `grid.rs`, `plots.rs`, `machine.rs` | the report |
//! | `args.rs` | the command line |

mod args;
mod budgets;
mod case;
mod child;
mod contestant;
mod contestants;
mod encode;
mod grid;
mod hostile;
mod idle;
mod machine;
mod measure;
mod plots;
mod results;
mod sink;
mod text;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use args::Args;
use eventwire_testkit::corpora::Corpus;
use machine::Machine;
use measure::Plan;
use results::Results;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match *args {
        [hostile::COMMAND, contestant, line] => hostile::report(contestant, line).map_err(Into::into),
        [idle::COMMAND, state] => idle::report(state).map_err(Into::into),
        ["--help" | "-h"] => {
            print!("{}", args::USAGE);
            Ok(())
        }
        _ => Args::parse(&args).map_err(Into::into).and_then(|args| run(&args)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eventwire-peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut results = Results {
        machine: Machine::here(),
        tables: Vec::new(),
        encoders: Vec::new(),
        hostile: Vec::new(),
        idle: Vec::new(),
        budgets: Vec::new(),
    };
    // A quick run shows that all is in order; its figures are worth little.
    let (bytes, plan) = if args.quick {
        (1 << 20, Plan { rounds: 5, turn: Duration::from_micros(500), share: Duration::from_millis(50) })
    } else {
        (4 << 20, Plan { rounds: 25, turn: Duration::from_millis(2), share: Duration::from_millis(600) })
    };
    let corpora = case::all_corpora(bytes);
    let known = corpora.iter().map(|corpus| &corpus.name[..]).chain([encode::NAME, "hostile", "idle"]);
    args.check(&known.collect::<Vec<_>>(), &case::chunk_names())?;
    measure_tables(args, &corpora, &plan, &mut results);
    if args.wants_corpus(encode::NAME) {
        results.encoders = encode::measure(args.quick);
        println!("\nencoders\n\n{}", text::encoders(&results.encoders));
    }
    if args.wants_corpus("hostile") {
        results.hostile = hostile::measure(args.quick);
        println!("\nhostile streams\n\n{}", text::hostile(&results.hostile));
    }
    if args.wants_corpus("idle") {
        results.idle = idle::measure();
        println!("\nparsers that wait\n\n{}", text::idle(&results.idle));
    }
    results.budgets = budgets::verdicts(&results);
    println!("\nbudgets\n\n{}", text::budgets(&results.budgets));
    publish(args, &results)
}

fn measure_tables(args: &Args, corpora: &[Corpus], plan: &Plan, results: &mut Results) {
    for corpus in corpora.iter().filter(|corpus| args.wants_corpus(&corpus.name)) {
        let chunks: Vec<_> = case::chunks_of(&corpus.name).filter(|chunk| args.wants_chunk(chunk)).collect();
        for case in case::cases(corpus, &chunks) {
            let table = measure::measure(&case, plan);
            println!("{}", text::case(&table));
            results.tables.push(table);
        }
    }
}

fn publish(args: &Args, results: &Results) -> Result<(), Box<dyn Error>> {
    if let Some(file) = &args.json {
        std::fs::write(file, serde_json::to_string_pretty(results)? + "\n")?;
    }
    if let Some(file) = &args.markdown {
        let old = std::fs::read_to_string(file)?;
        let new = text::between_markers(&old, &text::markdown(results));
        std::fs::write(file, new.ok_or("the markers of the tables are not there")?)?;
    }
    if let Some(folder) = &args.plots {
        plots::draw(results, folder)?;
    }
    Ok(())
}
