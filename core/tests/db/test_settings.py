"""What an instance is told from outside."""

from __future__ import annotations

import pytest

from layers_core.settings import DEMO_SECRET_KEY, Settings, SettingsError


def test_nothing_set_means_a_local_sqlite_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({})
    assert settings.database_url == f"sqlite:///{tmp_path}/var/demo/layers.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.trusted_hosts == ("127.0.0.1",)
    assert not settings.demo
    assert not settings.raise_faults


def test_the_environment_is_read(tmp_path):
    settings = Settings.from_environment(
        {
            "LAYERS_HOME": str(tmp_path),
            "LAYERS_DATABASE_URL": "postgresql:///layers",
            "LAYERS_BASE_URL": "https://layers.example.nhs.uk/",
            "LAYERS_DISABLE": "reflect, guidelines,",
            "LAYERS_RAISE_FAULTS": "1",
            "LAYERS_DEMO": "no",
        }
    )
    assert settings.database_url == "postgresql:///layers"
    assert settings.base_url == "https://layers.example.nhs.uk"
    assert settings.trusted_hosts == ("layers.example.nhs.uk",)
    assert settings.disabled_plugins == {"reflect", "guidelines"}
    assert settings.raise_faults
    assert settings.data_dir == tmp_path / "var" / "demo"


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "layers.toml").write_text(
        'base_url = "https://file.example"\ndemo = true\ndisabled_plugins = ["reflect"]\ndata_dir = "/srv/layers"\n'
    )
    settings = Settings.from_environment({"LAYERS_HOME": str(tmp_path), "LAYERS_BASE_URL": "https://env.example"})
    assert settings.base_url == "https://env.example"
    assert settings.demo
    assert settings.disabled_plugins == {"reflect"}
    assert settings.database_url == "sqlite:////srv/layers/layers.db"


@pytest.mark.parametrize(
    "content", ["bsae_url = 'https://x'", "base_url = 5", "disabled_plugins = [1]", "demo = 'perhaps'", "= ="]
)
def test_a_wrong_file_is_refused(tmp_path, content):
    (tmp_path / "layers.toml").write_text(content)
    with pytest.raises(SettingsError):
        Settings.from_environment({"LAYERS_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    "environ", [{"LAYERS_DEMO": "perhaps"}, {"LAYERS_BASE_URL": "layers"}, {"LAYERS_CONFIG": "/nowhere/layers.toml"}]
)
def test_a_wrong_value_is_refused(environ):
    with pytest.raises(SettingsError):
        Settings.from_environment(environ)


@pytest.mark.parametrize("key", ["", DEMO_SECRET_KEY, "x" * 31])
def test_a_weak_key_is_refused_outside_the_demo(key):
    with pytest.raises(SettingsError, match="LAYERS_SECRET_KEY"):
        Settings.from_environment({"LAYERS_SECRET_KEY": key}).check_for_serving()
    Settings.from_environment({"LAYERS_SECRET_KEY": key, "LAYERS_DEMO": "1"}).check_for_serving()


def test_a_good_key_serves_and_is_never_printed():
    settings = Settings.from_environment(
        {"LAYERS_SECRET_KEY": "k" * 32, "LAYERS_DATABASE_URL": "postgresql://u:hunter2@db/layers"}
    )
    settings.check_for_serving()
    assert "kkkk" not in repr(settings)
    assert "hunter2" not in repr(settings)
