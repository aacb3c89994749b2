# SPDX-License-Identifier: GPL-2.0-only
# What a result file must hold, whatever the machine: checks for lib.sh's holds() and for the
# expectations of a bench. The input is the whole file, $bench the bench looked at, $kernel what
# uname -r says. A check yields one string for each fault, and {hidden: REASON} where there is
# no number because the machine shows none.

def is_number: type == "number";
def is_finite: is_number and (isnan | not) and fabs < 1.7976931348623157e308;
def batches_min: 6;		# fewer have no interval

# A member of that type; one that is a string and not empty
def needs($key; $kind): if type == "object" and (.[$key] | type) == $kind then empty else "no \($kind) \"\($key)\"" end;
def says($key): needs($key; "string"), (if type == "object" and .[$key] == "" then "\"\($key)\" is empty" else empty end);

def unique_keys: group_by(.key)[] | select(length > 1) | "key \"\(.[0].key)\" twice";

def the_bench: .benches[]? | select(.name == $bench);
def tables: the_bench.tables[];
def table_of($key): tables | select(.key == $key);
def rows_of($table): table_of($table) | .rows[];
def all_rows: tables.rows[];
def row_of($table; $key): rows_of($table) | select(.key == $key);

def is_measured: .validity != "not measured" and .validity != "invalid";
# Measured, but a debug kernel's, and so not shown
def is_debug: .validity == "invalid" and (.reason | startswith("debug kernel ("));

# The fewest batches of any of its series of times; 0: it has none
def fewest_batches: [.raw[] | select(.unit != "instructions") | .values | length] | min // 0;

def sound_raw: .key as $row | .raw | to_entries[] | .key as $name | .value |
	needs("unit"; "string"), needs("values"; "array"),
	(if (.values | length) == 0 then "\($row): no \($name)" else empty end),
	(.values[]? | select(is_finite | not) | "\($row): \($name) has \(.), which is no number");

def sound_cells($columns): .key as $row | .cells | to_entries[] | .key as $key |
	(if [$columns[] | select(.key == $key)] | length == 1 then empty
	 else "\($row): cell \($key) has no column, or two" end),
	(.value | if is_number then select(is_finite | not) | "\($row): \($key) is not finite"
	 else select(. != null and type != "string") | "\($row): \($key) is no number" end);

# Each interval is the one of a number that is shown, which lies in it but for its last digit
def sound_intervals: .key as $row | .cells as $cells | .intervals | to_entries[] | .key as $key | $cells[$key] as $v |
	if $v | is_number | not then "\($row): interval of \($key), which has no number"
	elif .value | type != "array" or length != 2 then "\($row): interval of \($key) has no two bounds"
	elif any(.value[]; is_number | not) then "\($row): interval of \($key) has bounds that are no numbers"
	elif .value[0] <= $v + ($v | fabs) / 1e8 and $v - ($v | fabs) / 1e8 <= .value[1] then empty
	else "\($row): \($key) is \($v), not in its interval \(.value)" end;

# Each with a code, and they are what the text says
def sound_reasons: .key as $key | .reason as $reason | needs("reasons"; "array"),
	(.reasons[]? | select(says("code"), says("text")) | "\($key): reason \(.)"),
	(if (.validity == "valid") != (.reasons == []) then "\($key): \(.validity), for \(.reasons)" else empty end),
	(if [.reasons[]?.text] | join("; ") == $reason then empty
	 else "\($key): the reason is \"\(.reason)\", of \(.reasons)" end);

# Of a run with --quick
def sound_row($columns): . as $r | .key as $key | .validity as $validity |
	(if $validity | IN("valid", "indicative", "emulated", "invalid", "not measured") then empty
	 else "\($key): validity \"\($validity)\"" end),
	says("key"), says("label"), needs("reason"; "string"), sound_reasons,
	(if $validity == "valid" then "\($key): valid with --quick" else empty end),
	([needs("cells", "raw", "intervals"; "object")] | if length > 0 then .[] else $r |
		([.cells[] | select(is_number)] | length) as $numbers | (.intervals | length) as $intervals |
		fewest_batches as $fewest |
		sound_cells($columns), sound_raw, sound_intervals,
		(if is_measured and $numbers == 0 and $validity != "emulated" then
			"\($key): \($validity), without a number" else empty end),
		(if $validity == "not measured" and $numbers > 0 then "\($key): \($validity), with a number" else empty end),
		# a series of one is a mean, whose repetitions are not there
		(if $fewest > 1 and $fewest < batches_min and ($intervals > 0 or $validity == "valid") then
			"\($key): \($validity), with \($intervals) intervals, of \($fewest) batches" else empty end),
		(if $fewest >= batches_min and $numbers > 0 and $intervals == 0 and
		    ($validity | IN("valid", "indicative")) then
			"\($key): no interval, of \($fewest) batches" else empty end)
	 end);

def sound_head:
	(if .schema == "hookcost/2" then empty else "schema \(.schema)" end),
	needs("interrupted"; "boolean"), says("date"), says("tool_version"),
	(.environment | says("validity"),
		if .kernel == $kernel then empty else "environment: kernel \(.kernel), not \($kernel)" end),
	([the_bench] | if length == 1 then empty else "\(length) benches \"\($bench)\"" end);

def sound_tables: the_bench |
	(if .tables | length > 0 then empty else "no table" end), (.tables | unique_keys),
	(.tables[] | .key as $key | .columns as $columns | says("key"), ($columns[] | needs("key", "unit"; "string")),
		(if $columns | length > 0 then empty else "table \($key) has no columns" end),
		(.rows | unique_keys), (.rows[] | sound_row($columns)));

# A bench of a run that came to its end; one of a run that did not
def sound: sound_head, sound_tables, (if .interrupted then "interrupted" else empty end);
def interrupted: sound_head, (if .interrupted then empty else "not interrupted" end);
# Rows that are not measured; a debug kernel's count as measured, unless they give this reason
def unmeasured($reason): all_rows | select((is_measured or (is_debug and (.reason | contains($reason) | not))) | not);
def are_measured($reason): [all_rows] - [unmeasured($reason)];

# That bench is, whatever became of the others
def complete: sound_head, sound_tables, (if are_measured("interrupted") == [] then "no row is measured" else empty end),
	(unmeasured("interrupted") | select(.reason | contains("interrupted")) | "row \(.key): \(.reason)");

# No row is measured, and all say why; some are, and of the others some say why
def none($reason): are_measured($reason) as $yes | [unmeasured($reason)] as $no |
	if $yes != [] then "\($yes | length) rows are measured"
	elif $no == [] or any($no[]; .reason | contains($reason) | not) then
		"of \($no | length) rows that are not measured, not all say \"\($reason)\"" else empty end;
def some_none($reason): are_measured($reason) as $yes | [unmeasured($reason)] as $no |
	(if $yes == [] then "no row is measured" else empty end),
	(if any($no[]; .reason | contains($reason)) then empty
	 else "of \($no | length) rows that are not measured, none says \"\($reason)\"" end);

# A row of any table that has a reason of such a code; none that has
def has_code(codes): any(.reasons[]; .code | IN(codes));
def some_code(codes): if any(all_rows; has_code(codes)) then empty else "no row has a reason \([codes])" end;
def never(codes): all_rows | select(has_code(codes)) | "row \(.key): \(.reasons)";
# An invalid one that has; others may say by it why they are indicative
def never_invalid(codes): all_rows | select(.validity == "invalid" and has_code(codes)) | "row \(.key): \(.reasons)";
# A row has a reason that names it
def some($name): if any(all_rows; .reason | contains($name)) then empty else "no row names \"\($name)\"" end;
# That row has a reason of such a code
def because($table; $key; codes): if any(row_of($table; $key); has_code(codes)) then empty
	else "row \($key): \([row_of($table; $key).reasons]), and not \([codes])" end;

# An invalid row was measured all the same, if it has its batches: a busy machine can spoil any
# measurement, and that is for the row to say
def rows($table; $key): [row_of($table; $key)] | if length != 1 then "\(length) rows \"\($key)\" in \($table)" else .[] |
	if is_measured or is_debug or (.raw | length > 0) then empty else "row \($key) is \(.validity): \(.reason)" end end;

# A debug kernel's numbers are not shown, nor an emulated CPU's times; counts are
def is_hidden($table; $column): .environment.debug_options != null or (.environment.emulated == true and
	all(table_of($table).columns[] | select(.key == $column); .unit != ""));

# Numbers of a column, as objects of row and v; where there are none, that is a fault
def numbers_of($table; $column): [rows_of($table) | {row: ., v: .cells[$column]} | select(.v | is_number)];
def each_number($table; $column; f): numbers_of($table; $column) as $numbers |
	if [table_of($table)] == [] then "no table \"\($table)\""
	elif $numbers != [] then $numbers[] | f
	elif is_hidden($table; $column) then {hidden: .environment.reason}
	else "table \($table) has no number in \($column)" end;

def least($table; $column; $least): each_number($table; $column;
	select(.v >= $least | not) | "row \(.row.key): \($column) is \(.v)");
def positive($table; $column): each_number($table; $column;
	select(.v > 0 | not) | "row \(.row.key): \($column) is \(.v)");
def interval($table; $column): each_number($table; $column;
	select(.row.intervals[$column] | type != "array") | "row \(.row.key): no interval of \($column)");

def cell_of($table; $key; $column): [row_of($table; $key).cells[$column] | select(is_number)] |
	if length == 1 then .[0] else null end;

# Cells of rows, none smaller than, or equal to, the one before; but times no further than both spread
def ascending($table; $column; $keys): select(is_hidden($table; $column) | not) |
	[cell_of($table; $keys[]; $column)] as $v |
	[$keys[] as $key | if $column == "ns" then cell_of($table; $key; "iqr") // 0 else 0 end] as $iqr |
	range($keys | length) |
	if $v[.] == null then "row \($keys[.]) has no \($column)"
	elif . > 0 and $v[. - 1] != null and $v[.] + $iqr[.] <= $v[. - 1] - $iqr[. - 1] then
		"row \($keys[.]): \($column) is \($v[.]), after \($v[. - 1])" else empty end;

# The first row's cell is all the others' together, as far as they were rounded
def adds_up($table; $column; $keys): select(is_hidden($table; $column) | not) |
	[cell_of($table; $keys[]; $column)] as $v | ($v[1:] | add) as $sum |
	if any($v[]; . == null) then "rows \($keys) have \($column) \($v)"
	elif ($v[0] - $sum | fabs) > ($v[0] | fabs) / 1000000 + 0.001 then
		"row \($keys[0]): \($column) is \($v[0]), its parts are \($sum)" else empty end;

# All that a path such as counts.*.exact leads to
def along($path): if $path == [] then {v: .} elif type != "object" then empty
	elif $path[0] == "*" then .[] | along($path[1:])
	elif has($path[0]) then .[$path[0]] | along($path[1:]) else empty end;
def facts($path): [the_bench.facts | along($path | split("."))];

def fact($path): if facts($path) == [] then "no fact \($path)" else empty end;
def fact($path; $value): fact($path), (facts($path)[] | select(.v != $value) | "fact \($path) is \(.v), not \($value)");

# One that rests on times: not there where they are none
def time_fact($path): is_hidden(""; "") as $none | if (facts($path) == []) == $none then empty
	else if $none then "there is a fact \($path)" else "no fact \($path)" end end;

# What the bench says that it ran over
def device($kind): the_bench.device | says("driver", "netdev", "peer"),
	if .kind == $kind then empty else "device \(.kind), not \($kind)" end;

# Faults of a check, also where it could not be made
def faults_of(check): [try check catch "\(.)"];
