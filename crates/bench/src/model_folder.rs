//! The fixture as a Rolewright model: the same roles, memberships and grants, in the words that people write.

use crate::fixture::{
    Fixture, Grant, Kind, Objects, Role, function_name, schema_name, sequence_name, table_name,
};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Roles in one file: about what a team would keep together.
const ROLES_PER_FILE: usize = 100;

/// Writes the model into `folder`: one file for the database and the logins, the roles in files of a hundred.
pub(crate) fn write(fixture: &Fixture, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut main = BufWriter::new(fs::File::create(folder.join("rolewright.yaml"))?);
    write_main(fixture, &mut main)?;
    main.flush()?;
    let holders: Vec<&Role> = fixture.roles.iter().filter(|role| role.kind != Kind::Login).collect();
    for (number, roles) in holders.chunks(ROLES_PER_FILE).enumerate() {
        let name = format!("roles-{:03}.yaml", number + 1);
        let mut file = BufWriter::new(fs::File::create(folder.join(name))?);
        write_roles(fixture, roles, &mut file)?;
        file.flush()?;
    }
    Ok(())
}

fn write_main(fixture: &Fixture, to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "version: 1")?;
    writeln!(to, "databases:")?;
    writeln!(to, "  bench:")?;
    writeln!(to, "    engine: postgres")?;
    writeln!(to, "    environments:")?;
    writeln!(to, "      local: {{ url: \"${{BENCH_URL}}\" }}")?;
    writeln!(to, "service_accounts:")?;
    for role in fixture.roles.iter().filter(|role| role.kind == Kind::Login) {
        let roles: Vec<&str> = fixture.names(&role.member_of).collect();
        writeln!(
            to,
            "  {}: {{ owner: platform@acme.example, roles: [{}], login: bench }}",
            role.name,
            roles.join(", ")
        )?;
    }
    Ok(())
}

fn write_roles(fixture: &Fixture, roles: &[&Role], to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "version: 1")?;
    writeln!(to, "roles:")?;
    for role in roles {
        let (boundary, purpose) = match role.kind {
            Kind::Writer => ("writer", "A service keeps its records."),
            _ => ("reader", "A report reads what it needs."),
        };
        writeln!(to, "  {}:", role.name)?;
        writeln!(to, "    purpose: {purpose}")?;
        writeln!(to, "    owner: platform@acme.example")?;
        writeln!(to, "    boundary: {boundary}")?;
        if !role.member_of.is_empty() {
            let juniors: Vec<&str> = fixture.names(&role.member_of).collect();
            writeln!(to, "    inherits: [{}]", juniors.join(", "))?;
        }
        if !role.grants.is_empty() {
            writeln!(to, "    grants:")?;
            writeln!(to, "      bench:")?;
            for grant in &role.grants {
                writeln!(to, "        - {}", phrase(grant))?;
            }
        }
    }
    Ok(())
}

fn phrase(grant: &Grant) -> String {
    let schema = schema_name(grant.schema);
    let list = |numbers: &[usize], name: &dyn Fn(usize) -> String| {
        let names: Vec<String> = numbers.iter().map(|n| format!("{schema}.{}", name(*n))).collect();
        names.join(", ")
    };
    let objects = match &grant.objects {
        Objects::Schema => format!("schema {schema}"),
        Objects::AllTables => format!("table {schema}.*"),
        Objects::AllSequences => format!("sequence {schema}.*"),
        Objects::Tables(numbers) => format!("table {}", list(numbers, &table_name)),
        Objects::Sequences(numbers) => format!("sequence {}", list(numbers, &sequence_name)),
        Objects::Functions(numbers) => {
            format!("function {}", list(numbers, &|n| format!("{}(integer)", function_name(n))))
        }
    };
    format!("{} on {objects}", grant.privileges)
}
