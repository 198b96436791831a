"""Results as figures in the house style; pages write the captions.

A figure is a tidy table, a call of seaborn, and what `finish` writes around the marks::

    points = points_frame(enumerate(lines))                        # line, role, year, value, low, high, tentative
    axes = canvas()
    sns.lineplot(points, x="year", y="value", hue="role", palette=ROLES, estimator=None, legend=False, ax=axes)
    values = value_scale(ends_of(points), 5, frame.formats)
    paint = finish(axes, values, year_scale(points["year"]), unit="% a year", ends=[End(8.2, "Huế 8.2")])
    picture(frame, "Huế: 2024 6.5, 2025 8.2.", paint)              # both widths, as SVG

`series` has lines over years, `rows` dots with intervals under each other, `trends` small multiples.
"""
