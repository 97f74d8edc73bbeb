# %% [markdown]
# # New module
#
# A shop begins every day with ten units. On half of all days somebody asks for more than that. The
# owner wants to know whether to order more.
#
# **Predict.** How much of the demand does the shop still serve? Write down a number.

# %%
import json
from importlib.resources import files

import numpy as np

from labkit.checks.new_module import open_lab
from labkit.trends.new_module import plots, widgets, world

lab = open_lab(edition=1)

# %% [markdown]
# ## One year of demand
#
# **Predict.** Move the stock to 15 units. On which share of the days is it still too small?

# %%
widgets.explore_stock()

# %% [markdown]
# With ten units a day, 50 % of the days run short. But on most of these days only a few units are
# missing.

# %%
demand = world.draw_demand(np.random.default_rng(0), 365)
short = world.days_short(demand, 10)

# %% [markdown]
# **Predict.** Does one unit more serve more people where the stock is small, or where it is large?

# %%
shelf = json.loads((files(plots.__package__) / "figures" / "shelf.json").read_text())
plots.shares(shelf)

# %% [markdown]
# ## What to decide
#
# Ten units serve 74 % of the demand, not half of it. The eleventh unit adds 5 points, the
# twentieth not one.
#
# **Where it misleads.** A few large orders can hide many small ones: where every customer counts
# alike, count customers, not units.

# %%
lab.quiz("busy_days")

# %%
lab.quiz("one_unit_more")

# %%
lab.quiz("which_to_watch")

# %% [markdown]
# ## Sources
#
# Say here where the method comes from, with its year.
