// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include "bench/bench.h"
#include "cmd/command.h"
#include "core/run.h"
#include "driver/driver.h"
#include "driver/peer.h"

struct peer_args {
	const char *device, *ifname;
	unsigned int kinds;
};

static const struct argp_option options[] = {
	{ "device", 'd', "NETDEV", 0, "The netdev of this machine that will be measured", 0 },
	{ "ifname", 'i', "NAME", 0, "The other machine's netdev (default: IFNAME, to fill in)", 0 },
	{ 0 }
};

static unsigned int find_kinds(const struct argp_state *state, const char *name)
{
	unsigned int kinds = 0;
	char near[96];
	bool found = false;
	size_t i;

	for (i = 0; benches[i]; i++) {
		if (name && !bench_is(benches[i], name))
			continue;
		found = true;
		kinds |= bench_peers(benches[i]);
	}
	if (!found)
		usage_error(state, "there is no bench \"%s\"%s (hookcost list names them)", name,
			    bench_near(name, near, sizeof(near)));
	if (!kinds)
		usage_error(state, "%s takes no traffic from another machine", name);
	return kinds;
}

/* As the kernel's dev_valid_name() */
static bool is_netdev_name(const char *name)
{
	return *name && strlen(name) < IF_NAMESIZE && !name[strcspn(name, "/: \t\n\v\f\r")] &&
	       strcmp(name, ".") && strcmp(name, "..");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct peer_args *a = state->input;

	switch (key) {
	case 'd':
		a->device = arg;
		return 0;
	case 'i':
		if (!is_netdev_name(arg))
			usage_error(state, "--ifname takes a netdev's name, not \"%s\"", arg);
		a->ifname = arg;
		return 0;
	case ARGP_KEY_ARG:
		a->kinds |= find_kinds(state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!a->device)
			usage_error(state, "which netdev? give --device NAME");
		if (!a->kinds)
			a->kinds = find_kinds(state, NULL);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

int cmd_peer(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[BENCH...]",
		.doc = "Print what another machine is to send, for a NIC here: a shell script.",
	};
	struct peer_args a = { .ifname = "IFNAME" };
	struct device d;
	char why[512];

	parse_options(&argp, argc, argv, &a);
	if (device_choose(a.device, "", &d, why, sizeof(why))) {
		err("--device %s: %s", a.device, why);
		return EXIT_FAILED;
	}
	if (!d.ops->remote) {
		err("--device %s is no NIC: its traffic is made on this machine", a.device);
		return EXIT_FAILED;
	}
	return peer_print(stdout, &d, a.ifname, a.kinds) ? EXIT_FAILED : EXIT_DONE;
}
