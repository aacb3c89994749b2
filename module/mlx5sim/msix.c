// SPDX-License-Identifier: GPL-2.0-only
/* MSI-X: an interrupt domain of our own, and how an interrupt is delivered */

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>

#include "account.h"
#include "mlx5sim.h"

#define VECTORS		(MLX5SIM_MAX_PORTS * MLX5SIM_MSIX_VECS)
#define MSG_ADDRESS	0xfee00000	/* where x86 has its own */

static struct fwnode_handle *fwnode;
static struct irq_domain *parent, *msi;
static DEFINE_MUTEX(used_lock);
static DECLARE_BITMAP(used, VECTORS);

/* An entry of the MSI-X table, in the BAR */
static __le32 *entry_of(const struct mlx5sim_port *port, u16 vec)
{
	return (__le32 *)(port->bar + MLX5SIM_MSIX_TABLE +
			  vec * PCI_MSIX_ENTRY_SIZE);
}

static bool masked(const __le32 *entry)
{
	return le32_to_cpu(READ_ONCE(entry[PCI_MSIX_ENTRY_VECTOR_CTRL / 4])) &
	       PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

/* The message's data is the number of the Linux interrupt */
static u32 irq_of(const __le32 *entry)
{
	return le32_to_cpu(READ_ONCE(entry[PCI_MSIX_ENTRY_DATA / 4]));
}

static void compose_msg(struct irq_data *data, struct msi_msg *msg)
{
	msg->address_hi = 0;
	msg->address_lo = MSG_ADDRESS;
	msg->data = data->irq;
}

static void ack(struct irq_data *data)
{
}

static int set_affinity(struct irq_data *data, const struct cpumask *mask,
			bool force)
{
	unsigned int cpu = cpumask_any_and(mask, cpu_online_mask);

	if (cpu >= nr_cpu_ids)
		return -EINVAL;
	irq_data_update_effective_affinity(data, cpumask_of(cpu));
	return IRQ_SET_MASK_OK_DONE;
}

static struct irq_chip parent_chip = {
	.name = "mlx5sim",
	.irq_ack = ack,
	.irq_compose_msi_msg = compose_msg,
	.irq_set_affinity = set_affinity,
};

static int parent_alloc(struct irq_domain *domain, unsigned int virq,
			unsigned int n, void *arg)
{
	unsigned long bit;
	unsigned int i;

	mutex_lock(&used_lock);
	bit = bitmap_find_next_zero_area(used, VECTORS, 0, n, 0);
	if (bit < VECTORS)
		bitmap_set(used, bit, n);
	mutex_unlock(&used_lock);
	if (bit >= VECTORS)
		return -ENOSPC;
	for (i = 0; i < n; i++) {
		/* one that is raised while its handler runs is not lost */
		irq_domain_set_info(domain, virq + i, bit + i, &parent_chip,
				    NULL, handle_edge_irq, NULL, NULL);
		/* affinity applies at once, not at the next interrupt */
		irq_set_status_flags(virq + i, IRQ_MOVE_PCNTXT);
	}
	return 0;
}

static void parent_free(struct irq_domain *domain, unsigned int virq,
			unsigned int n)
{
	struct irq_data *data = irq_domain_get_irq_data(domain, virq);

	mutex_lock(&used_lock);
	bitmap_clear(used, data->hwirq, n);
	mutex_unlock(&used_lock);
}

static const struct irq_domain_ops parent_ops = {
	.alloc = parent_alloc,
	.free = parent_free,
};

static struct irq_chip msi_chip = {
	.name = "mlx5sim-MSIX",
	.irq_mask = pci_msi_mask_irq,
	.irq_unmask = pci_msi_unmask_irq,
	.irq_ack = irq_chip_ack_parent,
	.flags = IRQCHIP_SKIP_SET_WAKE,
};

static struct msi_domain_info msi_info = {
	.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
		 MSI_FLAG_PCI_MSIX,
	.chip = &msi_chip,
};

/* In hard interrupt context on SMP */
static void fire(struct irq_work *work)
{
	struct mlx5sim_irq *irq = container_of(work, struct mlx5sim_irq, work);
	const __le32 *entry = entry_of(irq->port, irq->vec);

	/* it may have been freed meanwhile; nobody misses it then */
	if (!masked(entry))
		generic_handle_irq_safe(irq_of(entry));
}

static void fire_remote(void *arg)
{
	struct mlx5sim_irq *irq = arg;

	fire(&irq->work);
}

#ifdef CONFIG_SMP
/*
 * By IPI or irq_work to the CPU that the vector is bound to, so that NAPI runs
 * there. One that is still under way stands for this one, too.
 */
static void deliver(struct mlx5sim_irq *irq, u32 virq)
{
	/* without preemption the descriptor stays, freed or not: RCU */
	unsigned int here = get_cpu(), cpu = 0;
	struct irq_data *data = irq_get_irq_data(virq);

	if (data)
		cpu = cpumask_first(irq_data_get_effective_affinity_mask(data));
	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		cpu = cpumask_first(cpu_online_mask);
	if (here == cpu)
		irq_work_queue(&irq->work);
	else
		smp_call_function_single_async(cpu, &irq->csd);
	put_cpu();
}
#else
/* irq_work waits for the tick there; softirqs run when they are enabled again */
static void deliver(struct mlx5sim_irq *irq, u32 virq)
{
	local_bh_disable();
	fire(&irq->work);
	local_bh_enable();
}
#endif

void mlx5sim_irq(struct mlx5sim_port *port, u16 vec)
{
	const __le32 *entry = entry_of(port, vec);
	enum mlx5sim_work was;

	if (!mlx5sim_msix_enabled(port) || masked(entry)) {
		__set_bit(vec, port->pending);
		return;
	}
	__clear_bit(vec, port->pending);
	port->counters.interrupts++;
	was = mlx5sim_work(MLX5SIM_OUTSIDE);
	deliver(&port->irqs[vec], irq_of(entry));
	mlx5sim_work(was);
}

void mlx5sim_irq_retry(struct mlx5sim_port *port)
{
	unsigned long vec;

	for_each_set_bit(vec, port->pending, MLX5SIM_MSIX_VECS)
		mlx5sim_irq(port, vec);
}

int mlx5sim_msix_init(struct device *bridge)
{
	struct irq_domain_info info = {
		.size = VECTORS,
		.hwirq_max = VECTORS,
		.ops = &parent_ops,
	};
	unsigned int i, vec;

	for (i = 0; i < mlx5sim_nports; i++)
		for (vec = 0; vec < MLX5SIM_MSIX_VECS; vec++) {
			struct mlx5sim_irq *irq = &mlx5sim_ports[i]->irqs[vec];

			irq->port = mlx5sim_ports[i];
			irq->vec = vec;
			irq->work = IRQ_WORK_INIT_HARD(fire);
			INIT_CSD(&irq->csd, fire_remote, irq);
		}
	fwnode = irq_domain_alloc_named_fwnode("mlx5sim");
	if (!fwnode)
		return -ENOMEM;
	info.fwnode = fwnode;
	parent = irq_domain_instantiate(&info);
	if (IS_ERR(parent)) {
		irq_domain_free_fwnode(fwnode);
		return PTR_ERR(parent);
	}
	msi = pci_msi_create_irq_domain(fwnode, &msi_info, parent);
	if (!msi) {
		irq_domain_remove(parent);
		irq_domain_free_fwnode(fwnode);
		return -ENOMEM;
	}
	dev_set_msi_domain(bridge, msi);
	return 0;
}

/* After the engine: nobody raises one any more */
void mlx5sim_msix_exit(void)
{
	unsigned int i, vec;

	for (i = 0; i < mlx5sim_nports; i++)
		for (vec = 0; vec < MLX5SIM_MSIX_VECS; vec++)
			irq_work_sync(&mlx5sim_ports[i]->irqs[vec].work);
	/* and those on their way to another CPU have arrived */
	kick_all_cpus_sync();
	irq_domain_remove(msi);
	irq_domain_remove(parent);
	irq_domain_free_fwnode(fwnode);
}
