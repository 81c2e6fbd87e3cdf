//! What the generated header declares. Its form is known, so this need not understand C.

/// All that programs are compiled with.
pub struct Declarations {
    /// Whole declarations, without the semicolon.
    pub functions: Vec<String>,
    /// Typedefs of numbers and of what is opaque.
    pub types: Vec<String>,
    /// Names and values, those of the library's own version left out.
    pub macros: Vec<String>,
    /// Structs with members.
    pub structs: Vec<Struct>,
}

/// A struct with members.
pub struct Struct {
    /// What it is called.
    pub name: String,
    /// Each member's declaration, and its name alone.
    pub members: Vec<(String, String)>,
}

impl Declarations {
    /// Reads a header.
    pub fn read(header: &str) -> Self {
        let mut declarations = Self { functions: vec![], types: vec![], macros: vec![], structs: vec![] };
        let code = without_comments(header);
        let mut lines = code.lines().map(str::trim).filter(|line| !line.is_empty());
        while let Some(line) = lines.next() {
            if let Some(name) = line.strip_prefix("typedef struct ").and_then(|line| line.strip_suffix(" {"))
            {
                let members = lines.by_ref().take_while(|line| !line.starts_with('}')).filter_map(member);
                declarations.structs.push(Struct { name: name.to_owned(), members: members.collect() });
            } else if let Some(definition) = line.strip_prefix("#define ") {
                let of_this_release = definition.starts_with("EW_VERSION_");
                if definition.contains(' ') && !of_this_release {
                    declarations.macros.push(definition.to_owned());
                }
            } else if let Some(declaration) = line.strip_suffix(';').filter(|_| line.starts_with("typedef "))
            {
                declarations.types.push(declaration.to_owned());
            } else if line.contains("ew_") {
                let mut function = line.to_owned();
                while !function.ends_with(';') {
                    let Some(more) = lines.next() else { break };
                    function = format!("{function} {more}");
                }
                declarations.functions.push(function.trim_end_matches(';').to_owned());
            }
        }
        declarations
    }
}

/// The name of a function.
pub fn name(declaration: &str) -> Option<&str> {
    let before = declaration.split_once('(')?.0;
    before.rsplit([' ', '*']).next()
}

/// A member's declaration, and its name alone.
fn member(line: &str) -> Option<(String, String)> {
    let declaration = line.strip_suffix(';')?;
    let name = declaration.rsplit([' ', '*']).next()?.split('[').next()?;
    Some((declaration.to_owned(), name.to_owned()))
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut code = String::new();
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
    }
    code + rest
}

#[cfg(test)]
mod tests {
    use super::{Declarations, name};

    #[test]
    fn everything_that_is_declared_is_read() {
        let header = "#define EVENTWIRE_H\n#include <stddef.h>\n#define EW_VERSION_MAJOR 1\n/** x: */\n#define EW_OK 0\n\
            typedef int32_t ew_status;\ntypedef struct ew_parser ew_parser;\n\
            typedef struct ew_span {\n    /** ew_a; */\n    const uint8_t *ptr;\n    uint64_t reserved[2];\n} ew_span;\n\
            const char *ew_a(int a,\n                 int b);\nvoid ew_b(void);\n";
        let read = Declarations::read(header);
        assert_eq!(read.functions, ["const char *ew_a(int a, int b)", "void ew_b(void)"]);
        assert_eq!(
            read.functions.iter().map(|function| name(function).unwrap()).collect::<Vec<_>>(),
            ["ew_a", "ew_b"]
        );
        assert_eq!(read.types, ["typedef int32_t ew_status", "typedef struct ew_parser ew_parser"]);
        assert_eq!(read.macros, ["EW_OK 0"]);
        let members = [("const uint8_t *ptr", "ptr"), ("uint64_t reserved[2]", "reserved")];
        assert_eq!(read.structs.len(), 1);
        assert_eq!(read.structs[0].members, members.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
