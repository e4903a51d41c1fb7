"""Calibration: predicted against observed, with how sure the observation is."""

from kingmaker.domain.evidence import CalibrationBand, Evidence
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.figure import Figure
from kingmaker.interfaces.report.drawing.scale import number_axis
from kingmaker.interfaces.report.pictures.models import keys_of, models_of
from kingmaker.interfaces.report.wording import count, percent, rate


def calibration_figure(evidence: Evidence) -> Figure:
    """Bands of predicted pd against the observed bad rate with its 95 % interval; on the diagonal, pd means what it says."""
    models = models_of(evidence)
    bands = [band for _, model in models for band in model.calibration]
    reach = [max(band.mean_pd, band.high) for band in bands]
    chart = Chart(
        number_axis("predicted pd (mean of the band)", reach, label=percent, zero=True),
        number_axis("observed bad rate, with 95 % interval", reach, label=percent, zero=True),
        height=340,
    )
    end = chart.x.high
    chart.segment((0, 0), (end, end), "rule faint")
    for key, model in models:
        chart.dots([_mark(band) for band in model.calibration], key.kind)
    judged = evidence.challenger or evidence.champion
    outside = [band for band in judged.calibration if not band.low <= band.mean_pd <= band.high] if judged else []
    total = len(judged.calibration) if judged else 0
    title = f"{total - len(outside)} of {total} bands agree with what was observed (interval covers the predicted pd)"
    return Figure(
        title=title,
        drawing=chart.svg(f"Calibration plot. {title}."),
        keys=keys_of(models),
        note="The diagonal is perfect calibration.",
    )


def _mark(band: CalibrationBand) -> Mark:
    told = f"{count(band.rows)} rows: predicted {rate(band.mean_pd)}, observed {rate(band.bad_rate)}"
    return Mark(band.mean_pd, band.bad_rate, told, low=band.low, high=band.high)
