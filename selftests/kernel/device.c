// SPDX-License-Identifier: GPL-2.0-only
/* The device filter: only packets that this device has received are stamped */
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"

#define MESSAGES	200

FIXTURE(device) {
	struct hc_net net;
	struct hc_flow first, second;
	struct hc_hook hook;
	struct hooks *progs;
	struct bpf_link *xdp[2], *tc[2];
};

/* Two pairs between the same namespaces; the programs are on both */
FIXTURE_SETUP(device)
{
	static const char *const dev[] = { "hc0b", "hc1b" };
	int i;

	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_net_up(&self->net));
	ASSERT_EQ(0, hc_net_pair(&self->net, 1));
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	for (i = 0; i < 2; i++) {
		self->xdp[i] = hook_xdp(&self->net, dev[i], self->progs->progs.xdp_pass);
		ASSERT_NE(NULL, self->xdp[i]);
		self->tc[i] = hook_tcx(&self->net, dev[i], self->progs->progs.tc_pass);
		ASSERT_NE(NULL, self->tc[i]);
	}
	ASSERT_EQ(0, hc_flow_open(&self->first, &self->net, 0, AF_INET, SOCK_DGRAM));
	ASSERT_EQ(0, hc_flow_open(&self->second, &self->net, 1, AF_INET, SOCK_DGRAM));
	ASSERT_EQ(0, hc_set("enable", "xdp tc udp"));
}

FIXTURE_TEARDOWN(device)
{
	int i;

	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->first);
	hc_flow_close(&self->second);
	for (i = 0; i < 2; i++) {
		bpf_link__destroy(self->xdp[i]);
		bpf_link__destroy(self->tc[i]);
	}
	hooks__destroy(self->progs);
	hc_net_down(&self->net);
}

static int set_device(struct _test_data_device *self, const char *name)
{
	int ret;

	/* names are looked up in the writer's namespace */
	hc_enter(self->net.b);
	ret = hc_set("device", name);
	hc_enter(self->net.home);
	return ret;
}

static void send_both(struct __test_metadata *_metadata, struct _test_data_device *self,
		      unsigned int first, unsigned int second)
{
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, hc_one_by_one(&self->first, first));
	ASSERT_EQ(0, hc_one_by_one(&self->second, second));
}

/* At each hook: this many samples, this many packets without a stamp */
static void expect_samples(struct __test_metadata *_metadata, struct _test_data_device *self,
			   uint64_t samples, uint64_t unstamped)
{
	static const char *const hooks[] = { "xdp", "tc", "udp" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		ASSERT_EQ(0, hc_read_idle(hooks[i], &self->hook));
		EXPECT_EQ(samples, hc_seen(&self->hook)) {
			TH_LOG("at %s", hooks[i]);
		}
		EXPECT_EQ(unstamped, self->hook.unstamped) {
			TH_LOG("at %s", hooks[i]);
		}
	}
}

TEST_F(device, any)
{
	send_both(_metadata, self, MESSAGES, 50);
	expect_samples(_metadata, self, MESSAGES + 50, 0);
}

TEST_F(device, restricts)
{
	ASSERT_EQ(0, set_device(self, "hc0b"));
	send_both(_metadata, self, MESSAGES, 50);
	expect_samples(_metadata, self, MESSAGES, 50);

	ASSERT_EQ(0, set_device(self, "hc1b"));
	send_both(_metadata, self, MESSAGES, 50);
	expect_samples(_metadata, self, 50, MESSAGES);

	ASSERT_EQ(0, set_device(self, "any"));
	send_both(_metadata, self, MESSAGES, 50);
	expect_samples(_metadata, self, MESSAGES + 50, 0);
}

/* What waits in a socket with another device's stamp is not this device's */
TEST_F(device, stamped_before)
{
	char message[HC_BYTES] = {};
	int i;

	for (i = 0; i < 10; i++)
		ASSERT_EQ(HC_BYTES, send(self->second.tx, message, HC_BYTES, 0));
	ASSERT_EQ(0, set_device(self, "hc0b"));
	ASSERT_EQ(0, hc_set("reset", "1"));
	for (i = 0; i < 10; i++)
		ASSERT_EQ(HC_BYTES, recv(self->second.rx, message, HC_BYTES, 0));
	ASSERT_EQ(0, hc_read_idle("udp", &self->hook));
	EXPECT_EQ(0, hc_seen(&self->hook));
	EXPECT_EQ(10, self->hook.unstamped);
}

/* The sender's end receives nothing */
TEST_F(device, receiver_only)
{
	hc_enter(self->net.a);
	ASSERT_EQ(0, hc_set("device", "hc0a"));
	hc_enter(self->net.home);
	send_both(_metadata, self, MESSAGES, 50);
	expect_samples(_metadata, self, 0, MESSAGES + 50);
}

TEST_F(device, of_own_namespace)
{
	EXPECT_EQ(-EINVAL, hc_set("device", "hc0b"));
	EXPECT_STREQ("any\n", hc_get("device"));
	hc_enter(self->net.a);
	EXPECT_EQ(-EINVAL, hc_set("device", "hc0b"));
	hc_enter(self->net.home);
	EXPECT_STREQ("any\n", hc_get("device"));
}

/* The name follows the device, the filter too */
TEST_F(device, renamed)
{
	ASSERT_EQ(0, set_device(self, "hc1b"));
	ASSERT_EQ(0, hc_shell(self->net.b, "ip link set hc1b down"));
	ASSERT_EQ(0, hc_shell(self->net.b, "ip link set hc1b name hcnew"));
	EXPECT_STREQ("hcnew\n", hc_get("device"));
	send_both(_metadata, self, MESSAGES, 0);
	expect_samples(_metadata, self, 0, MESSAGES);
}

/* Removed while it is the filter: its removal is not held up, and no other takes its place */
TEST_F(device, removed)
{
	ASSERT_EQ(0, set_device(self, "hc1b"));
	ASSERT_EQ(0, hc_shell(self->net.b, "ip link del hc1b"));
	EXPECT_EQ(0, hc_ifindex(self->net.b, "hc1b"));
	EXPECT_STREQ("none\n", hc_get("device"));
	send_both(_metadata, self, MESSAGES, 0);
	expect_samples(_metadata, self, 0, MESSAGES);
	EXPECT_EQ(-EINVAL, set_device(self, "hc1b"));
	EXPECT_STREQ("none\n", hc_get("device"));
}

/* In another namespace it is another's: it is not followed */
TEST_F(device, moved)
{
	ASSERT_EQ(0, set_device(self, "hc1b"));
	ASSERT_EQ(0, hc_shell(self->net.b, "ip link set hc1b netns 1"));
	EXPECT_STREQ("none\n", hc_get("device"));
	send_both(_metadata, self, MESSAGES, 0);
	expect_samples(_metadata, self, 0, MESSAGES);
	ASSERT_EQ(0, hc_shell(self->net.home, "ip link del hc1b"));
	EXPECT_STREQ("none\n", hc_get("device"));
}

TEST_F(device, none)
{
	ASSERT_EQ(0, set_device(self, "none"));
	EXPECT_STREQ("none\n", hc_get("device"));
	send_both(_metadata, self, MESSAGES, 50);
	expect_samples(_metadata, self, 0, MESSAGES + 50);
}

/* No packet is stamped there: measured by these names, there would be none */
TEST_F(device, does_not_stamp)
{
	static const char *const kinds[] = {
		"name hcup type bridge", "name hcup type dummy",
		"link hc1b name hcup type vlan id 7", "link hc1b name hcup type macvlan",
	};
	size_t i;

	EXPECT_EQ(-EOPNOTSUPP, set_device(self, "lo"));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		ASSERT_EQ(0, hc_shell(self->net.b, "ip link add %s", kinds[i]));
		EXPECT_EQ(-EOPNOTSUPP, set_device(self, "hcup")) {
			TH_LOG("%s", kinds[i]);
		}
		EXPECT_STREQ("any\n", hc_get("device"));
		ASSERT_EQ(0, hc_shell(self->net.b, "ip link del hcup"));
	}
}

/* The removal of another one changes nothing */
TEST_F(device, other_removed)
{
	ASSERT_EQ(0, set_device(self, "hc0b"));
	ASSERT_EQ(0, hc_shell(self->net.b, "ip link del hc1b"));
	EXPECT_STREQ("hc0b\n", hc_get("device"));
	send_both(_metadata, self, MESSAGES, 0);
	expect_samples(_metadata, self, MESSAGES, 0);
}

/* A namespace takes its devices with it */
TEST_F(device, namespace_gone)
{
	int ns, tries = 200;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ns = hc_this_ns();
	ASSERT_EQ(0, hc_shell(ns, "ip link add hcgone type veth peer name hcgone2"));
	ASSERT_EQ(0, hc_set("device", "hcgone"));
	EXPECT_STREQ("hcgone\n", hc_get("device"));
	hc_enter(self->net.home);
	close(ns);
	/* the kernel does that in its own time */
	while (strcmp("none\n", hc_get("device")) && tries--)
		usleep(20000);
	EXPECT_STREQ("none\n", hc_get("device"));
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
