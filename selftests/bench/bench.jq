# SPDX-License-Identifier: GPL-2.0-only
# What is expected of every bench, and checks that only benches need. $over is the device that it
# ran over, or ""; $patches, $native and $hard say what the kernel has, $times whether it has times.

def expect($description; check): {$description, faults: faults_of(check)};
# For bench.sh
def results: [.faults[] | strings] as $faults |
	if $faults != [] then "| \($faults[])", "fail \(.description)"
	elif .faults != [] then "skip \(.description): \(.faults[0].hidden)"
	else "pass \(.description)" end;

# Instructions are counted, and no time is taken
def is_counted: any(.tables[]; .key == "instructions" or any(.columns[]; .key == "instructions"));
# Rows of its tables; and a sentence, where there are the numbers for it
def headlined: the_bench |
	(if (.headline | length > 0) or is_counted then empty else "no headline" end),
	(.tables as $tables | .headline[] | .table as $table | .rows[].key as $key |
		if any($tables[] | select(.key == $table) | .rows[]; .key == $key) then empty
		else "headline: no row \($key) in \($table)" end),
	(if $times and (.sentence | endswith(".") | not) then "sentence: \(.sentence)" else empty end);

# What no machine excuses: packets that are missing, doubled or altered at the driver, the program,
# the socket or who sent them, and a program that has not run, not so often, or with other results
def every_bench: expect("a sound result file"; sound), expect("what is seen of it first"; headlined),
	expect("counts, contents and the code that ran are what they must be";
		never("driver", "program", "socket", "end", "order", "code"));
def its_device: select($over != "") | expect("it is the device"; device($over));

# Rows that say how much of them is UML's system calls; elsewhere none does
def guest_shares($table; $key): (.environment.uml as $uml | [row_of($table; $key).detail] |
		if length == 1 and (.[0] | if $uml then .guest.percent | is_number and . > 0 and . <= 100
			else has("guest") | not end) then empty else "row \($key): guest \(.[0].guest)" end),
	(rows_of($table) | select(.detail.guest.percent > 10 and .validity == "valid") | "row \(.key): valid");

# Rates over mlx5sim are told with the model's own time and without: a part of the row's time, of
# several kinds that are known, and the row says if it is most of it
def with_model($table): [positive($table; "ns")] as $faults | if $faults != [] then $faults[] else
	[rows_of($table) | select(.cells.model != null)] | if . == [] then "no model in \($table)" else .[] |
		select(.cells as $c | ($c.model | is_number) and $c.model > 0 and $c.model <= 1.05 * $c.ns and
			any(.notes[]; .code | contains("mostly_model")) == ($c.model > $c.ns / 2) and
			($c.without == null or 1000 / $c.without < $c.ns * 1.05) and
			(.detail.model.kinds | .frames > 0 and .account > 0) and
			(.detail.model.values | length > 0) | not) |
		"row \(.key): \([.cells, .notes, .detail.model])" end end;
def without_model: tables.columns[].key | select(endswith("model")) | "column \(.)";
def expect_model($table): if $over == "veth" then expect("no model in its rates"; without_model)
	else expect("the model's own time, and the rates without"; with_model($table)) end;
# The same of a table of its own
def expect_models($by; $columns): select($over != "veth") |
	expect("the model's own time by \($by)"; positive("model"; $columns[] + "_model"));

# Both figures; on a stock kernel, their eBPF side
def figure14($table): (["ebpf"] + if $native then ["native", "hard"] else [] end) as $sides |
	expect("packets per second"; positive($table; $sides[] + "_mpps")),
	expect("time per packet"; positive($table; $sides[] + "_ns")),
	expect_model("path"),
	expect_models("side"; $sides),
	expect("the path alone"; rows("path"; "generator", $sides[])),
	expect("instructions of the eBPF version"; fact("insns_ebpf")),
	if $native then expect("instructions of the native version"; fact("insns_native"))
	else expect("native and hard-coded rows name what they lack"; some_none("hookcost")) end;
