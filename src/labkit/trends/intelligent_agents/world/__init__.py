"""The office: scored mail, orders, a bank that times out, plans with tools, an approval inbox."""
