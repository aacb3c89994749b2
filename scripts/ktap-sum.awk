# SPDX-License-Identifier: GPL-2.0-only
# Sums up KTAP: "N passed, N failed, N skipped". A test that has subtests is
# counted by these; also failed: a test that is missing from its plan, a test
# that failed though no subtest did, a file without a result, a bail-out.
# Lines "# NAME took N s" say how long; the five slowest are printed before the sum.

function close_level(d) {
	if (planned[d] > seen[d]) {
		failed += planned[d] - seen[d]
		bad[d] = 1
	}
	planned[d] = seen[d] = 0
}

function end_file() {
	for (d = 0; d < 16; d++) {
		close_level(d)
		bad[d] = leaves[d] = 0
	}
}

FNR == 1 { end_file() }

{
	line = $0
	sub(/\r$/, "", line)
	for (depth = 0; match(line, /^(# |  )/); depth++)
		line = substr(line, 3)
	if (depth > 15)
		next
}

depth == 1 && line ~ / took [0-9]+ s$/ {
	name = line
	sub(/ took [0-9]+ s$/, "", name)
	took[name] = $(NF - 1)
}

line ~ /^Bail out!/ { failed++; results[FILENAME] = 1 }

line ~ /^1\.\.[0-9]+/ {
	planned[depth] = substr(line, 4) + 0
	if (planned[depth] == 0 && line ~ /# SKIP/) {
		skipped++
		results[FILENAME] = 1
		leaves[depth]++
	}
}

line ~ /^(not )?ok [0-9]+/ {
	results[FILENAME] = 1
	seen[depth]++
	sub_leaves = sub_bad = 0
	for (d = depth + 1; d < 16; d++) {
		close_level(d)
		sub_leaves += leaves[d]
		sub_bad += bad[d]
		leaves[d] = bad[d] = 0
	}
	leaves[depth]++
	if (line ~ /^not ok/ && line !~ /# (SKIP|TODO|XFAIL)/) {
		if (!sub_bad)
			failed++
		bad[depth] = 1
	} else if (sub_bad) {
		bad[depth] = 1
	} else if (!sub_leaves) {
		if (line ~ /# SKIP/)
			skipped++
		else
			passed++
	}
}

END {
	end_file()
	for (i = 1; i < ARGC; i++)
		if (!(ARGV[i] in results))
			failed++
	for (i = 0; i < 5; i++) {
		slowest = ""
		for (name in took)
			if (slowest == "" || took[name] > took[slowest])
				slowest = name
		if (slowest == "")
			break
		text = text (text == "" ? "slowest: " : ", ") slowest " " took[slowest] " s"
		delete took[slowest]
	}
	if (text != "")
		print text
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0
}
