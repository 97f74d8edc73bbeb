"""The simulators: one shelf, a serial supply chain, a network with weather, trucks in a storm."""
