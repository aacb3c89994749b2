# SPDX-License-Identifier: GPL-2.0-only
# kmemleak's reports without the one that Linux's own mlx5_core earns: it does not free what
# was last written to its debugfs files "in" and "out_len" (raw commands, which tests of
# mlx5sim send) when its device goes. The module may be gone as well, and its frame a number.
function end() {
	if (report != "" && !mlx5)
		printf "%s", report
	report = ""
	mlx5 = 0
}
/^unreferenced object/ { end(); raw = 0 }
/comm "mlx5sim_(cmd|objects|tables)"/ { raw = 1 }
raw && /full_proxy_write\+/ && (frame ~ /\[mlx5_core\]/ || frame ~ /^ *0x[0-9a-f]+$/) { mlx5 = 1 }
{ report = report $0 "\n"; frame = $0 }
END { end() }
