from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, strategies as st
from src.errors import UserError
from src.image_files import ImageFileError, encode_jpg, list_images, read_image, write_jpg, write_png


@pytest.fixture(scope="module")
def picture():
    """(48, 64, 3) uint8 BGR: blue grows to the right, green downwards."""
    image = np.zeros((48, 64, 3), np.uint8)
    image[..., 0] = np.linspace(0, 255, 64)
    image[..., 1] = np.linspace(0, 255, 48)[:, None]
    return image


def encoded(suffix, image, *options):
    return cv2.imencode(suffix, image, options)[1].tobytes()


def test_png_comes_back_exactly_from_a_path_with_umlauts(tmp_path, picture):
    path = tmp_path / "Prüfstand (1) & Süd" / "bild ä.png"
    write_png(path, picture)
    assert np.array_equal(read_image(path), picture)


def test_jpg_comes_back_nearly_and_in_the_right_colours(tmp_path, picture):
    write_jpg(tmp_path / "ä.jpg", picture)
    read = read_image(tmp_path / "ä.jpg")
    assert read.shape == picture.shape and read.dtype == np.uint8
    assert np.abs(read.astype(int) - picture).mean() < 3


def test_a_lower_quality_makes_a_smaller_file(picture):
    assert len(encode_jpg(picture, quality=30)) < len(encode_jpg(picture, quality=95))


def test_only_8_bit_pictures_are_written(tmp_path, picture):
    with pytest.raises(ValueError, match="uint8"):
        write_png(tmp_path / "a.png", picture.astype(np.float32))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".jpg"])
def test_other_formats_are_read(tmp_path, picture, suffix):
    (tmp_path / "a").write_bytes(encoded(suffix, picture))
    assert np.abs(read_image(tmp_path / "a").astype(int) - picture).mean() < 3


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bit_grey_and_transparent_pictures_become_8_bit_colour(tmp_path, picture, suffix):
    grey = picture[..., 0]
    for converted, expected in (
        (picture.astype(np.uint16) * 257, picture),
        (grey, np.dstack([grey] * 3)),
        (np.dstack([picture, grey]), picture),
    ):
        (tmp_path / "a").write_bytes(encoded(suffix, converted))
        read = read_image(tmp_path / "a")
        assert read.dtype == np.uint8 and read.shape == picture.shape
        assert np.abs(read.astype(int) - expected).max() <= 1


def test_a_cmyk_jpeg_is_converted(tmp_path, picture):
    image = pytest.importorskip("PIL.Image")
    data = io.BytesIO()
    image.fromarray(picture[..., ::-1].copy()).convert("CMYK").save(data, "JPEG", quality=95)
    (tmp_path / "a.jpg").write_bytes(data.getvalue())
    assert np.abs(read_image(tmp_path / "a.jpg").astype(int) - picture).mean() < 6


def refused(path, reason, **options):
    with pytest.raises(ImageFileError, match=reason) as caught:
        read_image(path, **options)
    assert str(path) in str(caught.value)


def test_every_unusable_file_is_refused_with_its_name_and_the_reason(tmp_path, picture):
    for name, data, reason in (
        ("empty.jpg", b"", "empty"),
        ("text.jpg", b"this is no picture", "not a picture"),
        ("float.tif", encoded(".tif", picture.astype(np.float32)), "not a picture|damaged"),
        ("one.png", encoded(".png", picture[:1, :1]), "too small: 1 x 1"),
        ("narrow.png", encoded(".png", picture[:, :31]), "31 x 48"),
        ("torn.png", encoded(".png", picture)[:-200], "damaged"),
        ("torn.bmp", encoded(".bmp", picture)[:-200], "damaged"),
        ("only a start.jpg", b"\xff\xd8", "cut off"),
    ):
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, reason)
    (tmp_path / "folder.jpg").mkdir()
    refused(tmp_path / "folder.jpg", "is a folder")
    refused(tmp_path / "nothing.jpg", "does not exist")
    refused(tmp_path / ("x" * 5000), "cannot be read")


def test_the_least_size_can_be_chosen(tmp_path, picture):
    write_png(tmp_path / "a.png", picture[:10, :10])
    assert read_image(tmp_path / "a.png", min_side=10).shape == (10, 10, 3)
    refused(tmp_path / "a.png", "too small", min_side=11)


@pytest.mark.parametrize(
    "options", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 2)]
)
def test_a_jpeg_cut_off_anywhere_is_noticed(tmp_path, picture, options):
    whole = encoded(".jpg", picture, *options)
    path = tmp_path / "a.jpg"
    for length in range(2, len(whole) - 1, 7):
        path.write_bytes(whole[:length])
        refused(path, "cut off|damaged")
    path.write_bytes(whole)
    assert read_image(path).shape == picture.shape


def test_a_preview_inside_a_cut_off_jpeg_does_not_hide_the_loss(tmp_path, picture):
    preview = encoded(".jpg", picture[:8, :8])
    whole = encoded(".jpg", picture)
    holding = b"\xff\xe1" + (len(preview) + 2).to_bytes(2, "big") + preview
    data = whole[:2] + holding + whole[2:]
    (tmp_path / "whole.jpg").write_bytes(data)
    assert read_image(tmp_path / "whole.jpg").shape == picture.shape
    (tmp_path / "torn.jpg").write_bytes(data[:-100])
    refused(tmp_path / "torn.jpg", "cut off")


def test_what_a_phone_appends_to_a_jpeg_does_not_matter(tmp_path, picture):
    (tmp_path / "a.jpg").write_bytes(encoded(".jpg", picture) + b"SEFH trailer \xff\x00" + bytes(50))
    assert read_image(tmp_path / "a.jpg").shape == picture.shape


def test_pictures_are_listed_in_the_order_people_count(tmp_path):
    names = ["frame_2.jpg", "frame_10.JPG", "frame_1.png", "b.tiff", "c.bmp", "d.jpeg", "e.tif",
             "frame_²5.jpg"]
    for name in [*names, "notes.txt", ".hidden.jpg", "._frame_2.jpg", ".a.jpg.1-2.tmp", "video.mp4"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    assert [path.name for path in list_images(tmp_path)] == [
        "b.tiff", "c.bmp", "d.jpeg", "e.tif", "frame_1.png", "frame_2.jpg", "frame_10.JPG", "frame_²5.jpg"
    ]


def test_a_missing_picture_folder_is_named(tmp_path):
    with pytest.raises(UserError, match="nowhere does not exist"):
        list_images(tmp_path / "nowhere")


WHOLE = {suffix: encoded(suffix, np.random.default_rng(1).integers(0, 255, (40, 40, 3), dtype=np.uint8))
         for suffix in (".jpg", ".png", ".bmp", ".tif")}


@given(st.sampled_from(sorted(WHOLE)), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=20),
       st.floats(0, 1))
def test_no_damaged_picture_fails_without_words(tmp_path, suffix, changes, kept):
    data = bytearray(WHOLE[suffix])
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    path = tmp_path / "a.img"
    path.write_bytes(data[:max(1, int(kept * len(data)))])
    try:
        image = read_image(path)
    except UserError:
        return
    assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and min(image.shape[:2]) >= 32


@given(st.binary(max_size=200))
def test_no_bytes_fail_without_words(tmp_path, data):
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with pytest.raises(UserError):
        read_image(path)
